# embed_files(TARGET FOLDER PATTERN NAME): makes every matching file part of TARGET.
# C++ sees `std::vector<ringmaster::embedded_file> ringmaster::embedded::NAME()`, sorted by name.
# Raw string literals of at most 12 kB each are glued together by the compiler.
function(embed_files target folder pattern name)
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${folder}/${pattern}")
  get_target_property(kind ${target} TYPE)
  if(kind STREQUAL "INTERFACE_LIBRARY")
    return()
  endif()
  set(output "${CMAKE_BINARY_DIR}/embedded/${name}.cpp")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND ${CMAKE_COMMAND} "-DFILES=${files}" "-DNAME=${name}" "-DOUTPUT=${output}"
            -P "${CMAKE_SOURCE_DIR}/cmake/embed_script.cmake"
    DEPENDS ${files} "${CMAKE_SOURCE_DIR}/cmake/embed_script.cmake"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()
