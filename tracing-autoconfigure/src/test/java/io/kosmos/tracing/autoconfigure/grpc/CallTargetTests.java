package io.kosmos.tracing.autoconfigure.grpc;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;

import static org.assertj.core.api.Assertions.assertThat;

class CallTargetTests {

	@ParameterizedTest
	@CsvSource({ "inventory:9090, inventory, 9090, inventory", "inventory, inventory, , inventory",
			"10.0.0.1:1, 10.0.0.1, 1, 10.0.0.1", "[::1]:9090, ::1, 9090, [::1]", "[::1], ::1, , [::1]",
			"::1, ::1, , [::1]", "user:secret@inventory:9090, inventory, 9090, inventory",
			"inventory:grpc, inventory, , inventory" })
	void authorityTellsHostAndPort(String authority, String host, @Nullable Long port, String carrierHost) {
		CallTarget target = CallTarget.of(authority);
		assertThat(target).isEqualTo(new CallTarget(host, port));
		assertThat(new OutgoingMetadata(new Metadata(), target).host()).isEqualTo(carrierHost);
	}

	@ParameterizedTest
	@NullAndEmptySource
	void withoutAuthorityThereIsNoTarget(@Nullable String authority) {
		assertThat(CallTarget.of(authority)).isNull();
	}

	@Test
	void withoutTargetThereIsNoHost() {
		assertThat(new OutgoingMetadata(new Metadata(), null).host()).isNull();
	}

}
