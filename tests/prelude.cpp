// Nothing: CMake wants a source beside the headers that tests/CMakeLists.txt has precompiled.
