// How object_reader reads each kind of content.
#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

const std::string header = "aced0005";

errc code_of(const std::string& hex) {
  const auto read = read_object(test::from_hex(header + hex));
  return read ? errc{} : static_cast<errc>(read.error().code.value());
}

TEST(object_reader_frames, a_framed_externalizable_is_skipped_over) {
  const auto read = read_object(test::catalogue()["Externalizable"]);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->type_name(), "MakeCatalogue$Framed");
}

TEST(object_reader_frames, an_unframed_externalizable_that_is_unknown_is_refused) {
  EXPECT_EQ(read_object(test::catalogue()["LocalDate unframed"]).error().code,
            make_error_code(errc::malformed));
  EXPECT_EQ(code_of("73720001"
                    "41"
                    "0000000000000000"
                    "040000"
                    "7870"),
            errc::malformed);
}

TEST(object_reader_frames, block_boundaries_mean_nothing) {
  const std::string start =
      "737200146a6176612e7574696c2e4c696e6b65644c6973740c29535d4a6088220300007870";
  const auto read = read_object(test::from_hex(header + start +
                                               "770200"
                                               "00"
                                               "7a00000002"
                                               "0001"
                                               "7700"
                                               "740001"
                                               "61"
                                               "78"));
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(*read->as_strings(), (std::vector<std::string>{"a"}));
}

TEST(object_reader_frames, a_string_longer_than_64_KiB_arrives_in_pieces) {
  const std::string text(70000, 'x');
  object_reader reader;
  reader.feed(test::from_hex(header + "7c0000000000011170"));
  for (std::size_t at = 0; at < text.size(); at += 1000) {
    EXPECT_FALSE(reader.take_value()->has_value());
    reader.feed(std::string_view(text).substr(at, 1000));
  }
  EXPECT_EQ(*(*reader.take_value())->what.as_string(), text);
}

}  // namespace
}  // namespace helenus::jmx
