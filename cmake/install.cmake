# `make install` (DESTDIR, PREFIX): the programs, the daemon's unit and user, examples and documents. What belongs under /etc
# is the operator's: the examples are to be copied there.
install(TARGETS headroomd headroomctl RUNTIME DESTINATION bin)

# The unit is written for PREFIX=/usr/local. Its paths are changed as it is installed, so that a build serves any prefix.
# The unit for several apps on one host is the same one, with a configuration, a folder and secrets for each.
set(source ${PROJECT_SOURCE_DIR}/systemd/headroomd.service)
install(CODE "
  file(READ \"${source}\" text)
  string(REPLACE /usr/local/ \"\${CMAKE_INSTALL_PREFIX}/\" text \"\${text}\")
  set(units \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/system\")  # where systemd looks, below /usr and /usr/local
  message(STATUS \"Installing: \$ENV{DESTDIR}\${units}/headroomd.service, headroomd@.service\")
  file(WRITE \"\$ENV{DESTDIR}\${units}/headroomd.service\" \"\${text}\")
  string(REPLACE \"Chat groups joinable\" \"Chat groups joinable (%i)\" text \"\${text}\")
  string(REPLACE \"headroomd serve\" \"headroomd serve --config /etc/headroom/%i.conf\" text \"\${text}\")
  string(REPLACE \"headroomd check-config\" \"headroomd check-config --config /etc/headroom/%i.conf\" text \"\${text}\")
  string(REPLACE \"StateDirectory=headroom\" \"StateDirectory=headroom-%i\" text \"\${text}\")
  string(REPLACE \":headroom.\" \":headroom-%i.\" text \"\${text}\")
  file(WRITE \"\$ENV{DESTDIR}\${units}/headroomd@.service\" \"\${text}\")
  list(APPEND CMAKE_INSTALL_MANIFEST_FILES \"\${units}/headroomd.service\" \"\${units}/headroomd@.service\")
  # Of versions before 0.1: the daemon migrates by itself.
  file(REMOVE \"\$ENV{DESTDIR}\${units}/headroomd-migrate.service\")
")
install(FILES systemd/headroom.sysusers.conf DESTINATION lib/sysusers.d RENAME headroom.conf)
install(FILES config/headroomd.conf config/nginx.conf config/nginx-nodes.conf config/haproxy-nodes.cfg
  config/prometheus/alerts.yml config/grafana/headroom.json
  DESTINATION share/doc/headroom/examples)
install(FILES CHANGELOG.md CONTRIBUTING.md SECURITY.md DESTINATION share/doc/headroom)
install(DIRECTORY docs/ DESTINATION share/doc/headroom)
# Beside the documents that it links to.
install(CODE "
  file(READ \"${PROJECT_SOURCE_DIR}/README.md\" text)
  string(REPLACE \"](docs/\" \"](\" text \"\${text}\")
  set(readme \"\${CMAKE_INSTALL_PREFIX}/share/doc/headroom/README.md\")
  message(STATUS \"Installing: \$ENV{DESTDIR}\${readme}\")
  file(WRITE \"\$ENV{DESTDIR}\${readme}\" \"\${text}\")
  list(APPEND CMAKE_INSTALL_MANIFEST_FILES \"\${readme}\")
")

# Man pages and completions, which src/manual makes. Those of zsh stand where Debian's zsh looks: below /usr that is its
# folder for packages.
set(made ${PROJECT_BINARY_DIR}/src/manual)
if(SCDOC)
  install(FILES ${made}/headroomctl.1 DESTINATION share/man/man1)
  install(FILES ${made}/headroom.conf.5 DESTINATION share/man/man5)
  install(FILES ${made}/headroomd.8 DESTINATION share/man/man8)
  install(FILES ${made}/headroom-chatsim.1 DESTINATION share/man/man1 COMPONENT simulator EXCLUDE_FROM_ALL)
endif()
foreach(program headroomctl headroomd)
  install(FILES ${made}/${program}.bash DESTINATION share/bash-completion/completions RENAME ${program})
  install(FILES ${made}/${program}.fish DESTINATION share/fish/vendor_completions.d)
  install(CODE "
    set(folder site-functions)
    if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr\")
      set(folder vendor-completions)
    endif()
    file(INSTALL \"${made}/${program}.zsh\" DESTINATION \"\${CMAKE_INSTALL_PREFIX}/share/zsh/\${folder}\" RENAME _${program})
  ")
endforeach()

# Only where it is asked for (`--component simulator`): a package of its own.
if(TARGET headroom-chatsim)
  install(TARGETS headroom-chatsim RUNTIME DESTINATION bin COMPONENT simulator EXCLUDE_FROM_ALL)
endif()
