# The Debian package: what is installed where, and what CPack is told. `./fodspor package` builds it; by hand, cpack -G DEB in a build folder.
include(GNUInstallDirs)
set(packaging ${CMAKE_CURRENT_LIST_DIR})
set(made ${PROJECT_BINARY_DIR}/packaging)

# Texts that the program makes of itself, so that they say what it does.
foreach(text fodspor.1 fodspor-serve.8 fodspor.toml.5 bash)
  list(APPEND made_texts ${made}/${text})
  add_custom_command(OUTPUT ${made}/${text}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${made}
    COMMAND env -u FODSPOR_AS LC_ALL=C.UTF-8 $<TARGET_FILE:fodspor> manual ${text} > ${made}/${text}
    DEPENDS fodspor VERBATIM)
endforeach()
# -n leaves name and time out, so that the same sources give the same bytes.
foreach(page fodspor.1 fodspor-serve.8 fodspor.toml.5)
  list(APPEND made_texts ${made}/${page}.gz)
  add_custom_command(OUTPUT ${made}/${page}.gz COMMAND gzip -9nc ${made}/${page} > ${made}/${page}.gz DEPENDS ${made}/${page} VERBATIM)
  string(REGEX REPLACE ".*\\." "" section ${page})
  install(FILES ${made}/${page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
add_custom_command(OUTPUT ${made}/changelog.gz COMMAND gzip -9nc ${packaging}/changelog > ${made}/changelog.gz
  DEPENDS ${packaging}/changelog VERBATIM)
add_custom_target(package_texts ALL DEPENDS ${made_texts} ${made}/changelog.gz)

install(TARGETS fodspor RUNTIME DESTINATION bin)
install(FILES ${packaging}/fodspor.service DESTINATION /lib/systemd/system)
install(FILES ${packaging}/fodspor.toml DESTINATION /etc/fodspor)
install(FILES ${made}/bash DESTINATION share/bash-completion/completions RENAME fodspor)
install(FILES ${packaging}/copyright ${made}/changelog.gz DESTINATION share/doc/fodspor)
# What a client compiles to speak with a server.
install(FILES ${PROJECT_SOURCE_DIR}/server/protocol.capnp DESTINATION share/fodspor/server)
file(GLOB vocabulary CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/events/*.capnp)
install(FILES ${vocabulary} DESTINATION share/fodspor/events)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME fodspor)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The authors of fodspor <fodspor@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "ledger of what happened to people on their way into work")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Programmes that help people into work are paid for against targets. fodspor
keeps what happened as events that are appended and never changed, and folds
figures, lists and audit trails from them, so that each can be rebuilt,
explained and read as it was known on any earlier day.
.
The service fodspor.service serves a ledger over a socket.")
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Beside its libraries: the time zones that days are counted in, and what makes its user.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, tzdata")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${packaging}/postinst ${packaging}/prerm ${packaging}/postrm ${packaging}/conffiles)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
include(CPack)
