# Debian packages assayd and assay, and a tarball of the runner; deploy/packaging/build makes them.
set(CPACK_PACKAGE_NAME assay)
set(CPACK_PACKAGE_VENDOR Assay)
set(CPACK_PACKAGE_CONTACT "Assay maintainers <maintainers@localhost>" CACHE STRING "who answers for the packages")
set(CPACK_PACKAGE_HOMEPAGE_URL "https://localhost/assay" CACHE STRING "where the project lives")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL runner)
if(TARGET assayd)
  list(APPEND CPACK_COMPONENTS_ALL server)
endif()
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_RUNNER_PACKAGE_NAME assay)
set(CPACK_DEBIAN_RUNNER_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_RUNNER_DESCRIPTION "measure language models, sign results, send them
Runs llama-bench and others or asks a model over HTTP, imports other tools'
files, signs what was found and sends it to an Assay server; proves that it
is in the log, audits a whole log, and decides on releases by policy.")
set(CPACK_DEBIAN_SERVER_PACKAGE_NAME assayd)
set(CPACK_DEBIAN_SERVER_PACKAGE_SECTION net)
set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS "postgresql-client, passwd")
set(CPACK_DEBIAN_SERVER_PACKAGE_RECOMMENDS "postgresql (>= 15), assay")
set(CPACK_DEBIAN_SERVER_PACKAGE_SUGGESTS "nginx, prometheus")
set(CPACK_DEBIAN_SERVER_DESCRIPTION "collect signed evaluations of language models
Takes signed statements over HTTP, stores them in PostgreSQL, puts them into
a transparency log in one order, and publishes leaderboards as static JSON.")

# CPack takes scripts by their file's name.
foreach(script postinst prerm postrm)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/assayd.${script}
    ${CMAKE_BINARY_DIR}/packaging/${script} COPYONLY)
endforeach()
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA ${CMAKE_BINARY_DIR}/packaging/postinst
  ${CMAKE_BINARY_DIR}/packaging/prerm ${CMAKE_BINARY_DIR}/packaging/postrm)

# What Debian wants of every package: copyright, a compressed change log.
function(assay_package_documents package component)
  set(PACKAGE ${package})
  set(VERSION ${PROJECT_VERSION})
  set(MAINTAINER ${CPACK_PACKAGE_CONTACT})
  set(folder ${CMAKE_BINARY_DIR}/packaging/${package})
  # The day of the change log, so that the same source makes the same package.
  file(TIMESTAMP ${CMAKE_SOURCE_DIR}/deploy/CHANGELOG.md DATE "%a, %d %b %Y 00:00:00 +0000" UTC)
  configure_file(${CMAKE_SOURCE_DIR}/deploy/packaging/changelog.in ${folder}/changelog @ONLY)
  configure_file(${CMAKE_SOURCE_DIR}/deploy/CHANGELOG.md ${folder}/CHANGELOG.md COPYONLY)
  execute_process(COMMAND gzip -9nkf changelog CHANGELOG.md WORKING_DIRECTORY ${folder} COMMAND_ERROR_IS_FATAL ANY)
  install(FILES ${folder}/changelog.gz ${folder}/CHANGELOG.md.gz
    ${CMAKE_SOURCE_DIR}/deploy/packaging/copyright
    DESTINATION share/doc/${package} COMPONENT ${component})
endfunction()
assay_package_documents(assay runner)
if(TARGET assayd)
  assay_package_documents(assayd server)
  install(PROGRAMS deploy/packaging/setup DESTINATION lib/assayd COMPONENT server)
  install(FILES deploy/packaging/assayd.service deploy/packaging/assayd.socket
    deploy/packaging/assayd-setup.service deploy/packaging/assay-signer.service
    DESTINATION lib/systemd/system COMPONENT server)
  install(FILES deploy/terms.txt deploy/packaging/assayd.conf.in
    DESTINATION share/assayd COMPONENT server)
  install(FILES deploy/packaging/lintian-overrides DESTINATION share/lintian/overrides RENAME assayd
    COMPONENT server)
  install(FILES deploy/README.md deploy/SCALE.md deploy/THREATS.md
    DESTINATION share/doc/assayd COMPONENT server)
  install(DIRECTORY deploy/backup deploy/cluster deploy/nginx deploy/observe deploy/policies
    DESTINATION share/doc/assayd/examples COMPONENT server USE_SOURCE_PERMISSIONS)
  install(FILES deploy/assayd.conf.example
    DESTINATION share/doc/assayd/examples COMPONENT server)
endif()

include(CPack)
