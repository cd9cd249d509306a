# `make install` (DESTDIR, PREFIX): the programs, the daemon's unit and user, examples and documents. What belongs under /etc
# is the operator's: the examples are to be copied there.
install(TARGETS headroomd headroomctl RUNTIME DESTINATION bin)

# The unit is written for PREFIX=/usr/local. Its paths are changed as it is installed, so that a build serves any prefix.
set(source ${PROJECT_SOURCE_DIR}/systemd/headroomd.service)
install(CODE "
  file(READ \"${source}\" text)
  string(REPLACE /usr/local/ \"\${CMAKE_INSTALL_PREFIX}/\" text \"\${text}\")
  set(unit \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/system/headroomd.service\")  # where systemd looks, below /usr and /usr/local
  message(STATUS \"Installing: \$ENV{DESTDIR}\${unit}\")
  file(WRITE \"\$ENV{DESTDIR}\${unit}\" \"\${text}\")
  list(APPEND CMAKE_INSTALL_MANIFEST_FILES \"\${unit}\")
  # Of versions before 0.1: the daemon migrates by itself.
  file(REMOVE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/systemd/system/headroomd-migrate.service\")
")
install(FILES systemd/headroom.sysusers.conf DESTINATION lib/sysusers.d RENAME headroom.conf)
install(FILES config/headroomd.conf config/nginx.conf DESTINATION share/doc/headroom/examples)
install(FILES README.md CHANGELOG.md DESTINATION share/doc/headroom)
install(DIRECTORY docs/ DESTINATION share/doc/headroom)
