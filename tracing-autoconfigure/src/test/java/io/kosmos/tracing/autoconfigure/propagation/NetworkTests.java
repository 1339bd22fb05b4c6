package io.kosmos.tracing.autoconfigure.propagation;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class NetworkTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			10.0.0.0/8,      10.255.0.1,        true
			10.0.0.0/8,      11.0.0.1,          false
			10.1.2.128/25,   10.1.2.129,        true
			10.1.2.128/25,   10.1.2.127,        false
			10.1.2.3,        10.1.2.3,          true
			10.1.2.3,        10.1.2.4,          false
			0.0.0.0/0,       1.2.3.4,           true
			0.0.0.0/0,       ::1,               false
			fd00::/8,        fd12:3456::1,      true
			fd00::/8,        fe80::1,           false
			::1,             ::1,               true
			::/0,            2001:db8::1,       true
			10.0.0.0/8,      ::ffff:10.1.2.3,   true
			""")
	void shouldContainTheAddressesWithItsPrefix(String cidr, String address, boolean contained) {
		Network network = Network.parse(cidr);
		assertThat(network).isNotNull();
		assertThat(Network.address(address)).isNotNull()
			.satisfies((parsed) -> assertThat(network.contains(parsed)).isEqualTo(contained));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "256.0.0.1",
			"10.0.0.0/8/8", "fd00::/129", "abc", "cafe", ":::", "10.0.0.1 ", "0x7f.1" })
	void shouldNotBeAnythingElse(String text) {
		assertThat(Network.parse(text)).isNull();
	}

}
