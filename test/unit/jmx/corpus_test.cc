#include "fixture.h"
#include "fuzz/jmx/java_object.h"
#include "fuzz/jmx/jrmp.h"
#include "fuzz/jmx/object_name.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

TEST(corpus, java_objects_are_read_without_harm) {
  for (const auto& [name, bytes] : test::corpus("java_object")) {
    SCOPED_TRACE(name);
    fuzz::read_java_object(bytes);
  }
}

TEST(corpus, jrmp_peers_are_met_without_harm) {
  for (const auto& [name, bytes] : test::corpus("jrmp")) {
    SCOPED_TRACE(name);
    fuzz::talk_jrmp(bytes);
  }
}

TEST(corpus, object_names_are_parsed_without_harm) {
  for (const auto& [name, bytes] : test::corpus("object_name")) {
    SCOPED_TRACE(name);
    fuzz::parse_object_name(bytes);
  }
}

}  // namespace
}  // namespace helenus::jmx
