# `make install` (DESTDIR, PREFIX): the program, its units and user, examples and documents. What belongs under /etc
# is the operator's: the examples are to be copied there.
set(units ${CMAKE_INSTALL_PREFIX}/lib/systemd/system)  # where systemd looks, below /usr and /usr/local
set(examples ${CMAKE_INSTALL_DOCDIR}/examples)

# The units are written for PREFIX=/usr/local; for another prefix their paths are changed.
foreach(unit headroomd.service headroomd-migrate.service)
  file(READ systemd/${unit} text)
  string(REPLACE /usr/local/bin ${CMAKE_INSTALL_FULL_BINDIR} text "${text}")
  string(REPLACE /usr/local/share/doc/headroom ${CMAKE_INSTALL_FULL_DOCDIR} text "${text}")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/systemd/${unit} CONTENT "${text}" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/systemd/${unit})
  install(FILES ${PROJECT_BINARY_DIR}/systemd/${unit} DESTINATION ${units})
endforeach()

install(TARGETS headroomd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES systemd/headroom.sysusers.conf DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/sysusers.d RENAME headroom.conf)
install(FILES config/headroomd.conf config/nginx.conf DESTINATION ${examples})
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
