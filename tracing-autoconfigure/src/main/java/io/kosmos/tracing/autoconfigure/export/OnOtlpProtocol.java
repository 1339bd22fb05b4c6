package io.kosmos.tracing.autoconfigure.export;

import io.kosmos.tracing.autoconfigure.export.ExporterProperties.Protocol;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches the protocol that {@link OtlpDestination} decided on.
 */
abstract sealed class OnOtlpProtocol extends SpringBootCondition {

	private final Protocol protocol;

	private OnOtlpProtocol(Protocol protocol) {
		this.protocol = protocol;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		OtlpDestination destination = OtlpDestination.from(context.getEnvironment());
		return new ConditionOutcome(destination.protocol() == this.protocol,
				ConditionMessage.forCondition("OTLP protocol").because("it is " + destination.protocol()));
	}

	static final class Http extends OnOtlpProtocol {

		Http() {
			super(Protocol.HTTP);
		}

	}

	static final class Grpc extends OnOtlpProtocol {

		Grpc() {
			super(Protocol.GRPC);
		}

	}

}
