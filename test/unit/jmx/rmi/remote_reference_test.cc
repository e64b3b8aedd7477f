#include "jmx/rmi/remote_reference.h"

#include "../fixture.h"
#include "jmx/errc.h"
#include "jmx/object/object_reader.h"

#include <gtest/gtest.h>

namespace helenus::jmx {
namespace {

constexpr std::string_view server_stub = "javax.management.remote.rmi.RMIServerImpl_Stub";

// The object of a recorded Return.
value answered(std::string bytes) {
  object_reader reader;
  reader.feed(std::string_view(bytes).substr(1));
  auto read = reader.take_value();
  EXPECT_TRUE(read.has_value() && read->has_value());
  return read && *read ? (*read)->what : value();
}

// A server's stub with other data of its own.
result<remote_reference> reference(const std::string& contents) {
  auto bytes = test::recorded_session()["lookup reply"];
  bytes.resize(0xac);
  return read_reference(answered(bytes + test::from_hex(contents) + "x"), server_stub);
}

const std::string host_and_port =
    "0009"
    "3132372e302e302e31"
    "00001c1f";
const std::string id(44, '5');

TEST(remote_reference, a_plain_stub_names_host_and_port) {
  const auto read = read_reference(answered(test::recorded_session()["lookup reply"]), server_stub);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->host, "127.0.0.1");
  EXPECT_EQ(read->port, 7199);
  EXPECT_FALSE(read->tls);
  EXPECT_EQ(read->id.bytes[0], 0x69);
  EXPECT_EQ(read->id.bytes[21], 0x01);
}

TEST(remote_reference, a_socket_factory_means_tls) {
  const auto read =
      read_reference(answered(test::recorded_session()["lookup reply tls"]), server_stub);
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->tls);
  EXPECT_EQ(read->port, 0x1ca5);
  EXPECT_EQ(read->id.bytes[0], 0xc0);
}

TEST(remote_reference, the_local_form_is_read) {
  const auto read = reference("7734000b556e69636173745265663200" + host_and_port + id + "01");
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(read->port, 7199);
  EXPECT_FALSE(read->tls);
}

TEST(remote_reference, other_stubs_are_refused) {
  const auto refused = [](const std::string& contents) {
    const auto read = reference(contents);
    EXPECT_EQ(read.error().code, make_error_code(errc::malformed));
    return read.error().message();
  };
  EXPECT_EQ(refused(""), "the server's stub holds no unicast reference");
  EXPECT_EQ(refused("77020000"), "the server's stub holds no unicast reference");
  EXPECT_EQ(refused("770e000b556e69636173745265663202"), "the server's stub has an unknown format");
  EXPECT_EQ(refused("771d000b556e69636173745265663200" + host_and_port),
            "the server's stub is cut");
  EXPECT_EQ(refused("771d000b556e69636173745265663201" + host_and_port),
            "the server's stub needs an unknown socket factory");
  EXPECT_EQ(refused("7716000b556e69636173745265663200"
                    "0001"
                    "61"
                    "00000000"
                    "00"),
            "the server's stub names no host and port");
  EXPECT_EQ(read_reference(answered(test::recorded_session()["getAttribute reply"]), server_stub)
                .error()
                .message(),
            "the server's stub is a java.lang.String, not a "
            "javax.management.remote.rmi.RMIServerImpl_Stub");
  EXPECT_EQ(read_reference(*read_object(test::catalogue()["proxy"]), server_stub).error().message(),
            "the server's stub is a proxy with an unknown handler");
}

}  // namespace
}  // namespace helenus::jmx
