package usecases;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.kosmos.tracing.KosmosAttributes;
import io.kosmos.tracing.OpenSpan;
import io.kosmos.tracing.RequestContext;
import io.kosmos.tracing.RequestIds;
import io.kosmos.tracing.Spans;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.instrumentation.grpc.LibraryInterceptor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import usecases.EchoService.Step;
import usecases.GrpcApplication.Running;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.exception.GrpcExceptionHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * gRPC calls over a real connection, both sides traced by the same application.
 */
class GrpcTracingTests {

	private static final AttributeKey<String> STATUS_CODE = AttributeKey.stringKey("rpc.response.status_code");

	private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

	private static final Metadata.Key<String> BAGGAGE = ascii("baggage");

	private static final Metadata.Key<String> TRACESTATE = ascii("tracestate");

	@Test
	void callIsOneSpanOnEachSide() throws Exception {
		new GrpcApplication().run((application) -> {
			assertThat(unary(application.channel())).isEqualTo("done");
			List<SpanData> spans = application.await(2);
			SpanData client = application.await(SpanKind.CLIENT);
			SpanData server = application.await(SpanKind.SERVER);
			assertThat(spans).allSatisfy((span) -> {
				assertThat(span.getName()).isEqualTo("kosmos.test.Echo/Unary");
				assertThat(span.getStatus()).isEqualTo(StatusData.unset());
				assertThat(span.getEvents()).isEmpty();
			});
			assertThat(client.getParentSpanContext().isValid()).isFalse();
			assertThat(client.getAttributes().asMap()).isEqualTo(Attributes.builder()
				.put("rpc.system.name", "grpc")
				.put("rpc.method", "kosmos.test.Echo/Unary")
				.put("rpc.response.status_code", "OK")
				.put("server.address", "127.0.0.1")
				.put("server.port", (long) application.port())
				.put("network.peer.address", "127.0.0.1")
				.put("network.peer.port", (long) application.port())
				.build()
				.asMap());
			assertThat(server.getTraceId()).isEqualTo(client.getTraceId());
			assertThat(server.getParentSpanContext().isRemote()).isTrue();
			assertThat(server.getParentSpanId()).isEqualTo(client.getSpanId());
			AttributeKey<Long> peerPort = AttributeKey.longKey("network.peer.port");
			assertThat(server.getAttributes().get(peerPort)).isPositive().isNotEqualTo(application.port());
			assertThat(server.getAttributes().toBuilder().remove(peerPort).build())
				.isEqualTo(client.getAttributes().toBuilder().remove(peerPort).build());
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "UNARY", "SERVER_STREAMING", "CLIENT_STREAMING", "BIDI_STREAMING" })
	void codeRunsInTheSpanOfItsSide(MethodType type) throws Exception {
		new GrpcApplication().run((application) -> {
			Answers answers = new Answers();
			String outer;
			try (OpenSpan span = application.spans().open("outer")) {
				outer = Span.current().getSpanContext().getSpanId();
				call(application.channel(), type, answers);
				assertThat(Span.current().getSpanContext().getSpanId()).isEqualTo(outer);
			}
			answers.await();
			application.await(3);
			SpanData client = application.await(SpanKind.CLIENT);
			SpanData server = application.await(SpanKind.SERVER);
			assertThat(client.getParentSpanId()).isEqualTo(outer);
			assertThat(server.getParentSpanId()).isEqualTo(client.getSpanId());
			assertThat(answers.spans).hasSizeGreaterThanOrEqualTo(2).containsOnly(outer);
			assertThat(answers.logged).containsOnly(client.getTraceId());
			Awaitility.await()
				.untilAsserted(() -> assertThat(application.service().steps).extracting(Step::name).contains("close"));
			assertThat(application.service().steps).extracting(Step::spanId).containsOnly(server.getSpanId());
			Map<MethodType, String> step = Map.of(MethodType.UNARY, "unary", MethodType.SERVER_STREAMING, "down");
			assertThat(application.service().steps).extracting(Step::name).contains(step.getOrDefault(type, "next"));
		});
	}

	@Test
	void callInsideAServiceIsBelowItsSpan() throws Exception {
		new GrpcApplication().run((application) -> {
			Channel channel = application.channel();
			application.service().answering((answer) -> {
				answer.onNext(String.join("", down(channel)));
				answer.onCompleted();
			});
			assertThat(unary(channel)).isEqualTo("x0x1x2");
			List<SpanData> spans = application.await(4);
			SpanData outerServer = named(spans, "kosmos.test.Echo/Unary", SpanKind.SERVER);
			SpanData innerClient = named(spans, "kosmos.test.Echo/Down", SpanKind.CLIENT);
			assertThat(innerClient.getParentSpanId()).isEqualTo(outerServer.getSpanId());
			assertThat(spans).extracting(SpanData::getTraceId).containsOnly(outerServer.getTraceId());
		});
	}

	@Test
	void threadsOfTheServerKeepNoContext() throws Exception {
		new GrpcApplication().with(OneThread.class).run((application) -> {
			Channel channel = application.channel();
			for (MethodType type : List.of(MethodType.UNARY, MethodType.BIDI_STREAMING)) {
				Answers answers = new Answers();
				call(channel, type, answers);
				answers.await();
			}
			application.await(4);
			Context left = application.bean(ExecutorService.class).submit(Context::current).get();
			assertThat(left).isSameAs(Context.root());
			assertThat(application.bean(ExecutorService.class).submit(() -> String.valueOf(MDC.get("traceId"))).get())
				.isEqualTo("null");
		});
	}

	@ParameterizedTest
	@CsvSource({ "CANCELLED, true, false", "UNKNOWN, true, true", "INVALID_ARGUMENT, true, false",
			"DEADLINE_EXCEEDED, true, true", "NOT_FOUND, true, false", "ALREADY_EXISTS, true, false",
			"PERMISSION_DENIED, true, false", "RESOURCE_EXHAUSTED, true, false", "FAILED_PRECONDITION, true, false",
			"ABORTED, true, false", "OUT_OF_RANGE, true, false", "UNIMPLEMENTED, true, true", "INTERNAL, true, true",
			"UNAVAILABLE, true, true", "DATA_LOSS, true, true", "UNAUTHENTICATED, true, false" })
	void statusIsAnErrorWhereTheConventionsSaySo(Status.Code code, boolean atClient, boolean atServer)
			throws Exception {
		new GrpcApplication().run((application) -> {
			application.service()
				.answering((answer) -> answer.onError(code.toStatus().withDescription("No").asRuntimeException()));
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> unary(application.channel()));
			application.await(2);
			assertStatus(application.await(SpanKind.CLIENT), code, atClient, "No");
			assertStatus(application.await(SpanKind.SERVER), code, atServer, "No");
			assertThat(application.ended())
				.allSatisfy((span) -> assertThat(span.getAttributes().get(KosmosAttributes.CANCELLED)).isNull());
		});
	}

	@Test
	void exceptionOfAServiceIsRecorded() throws Exception {
		new GrpcApplication().run((application) -> {
			application.service().answering((answer) -> {
				throw new IllegalStateException("The pump is off");
			});
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> unary(application.channel()));
			application.await(2);
			SpanData server = application.await(SpanKind.SERVER);
			assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(server.getAttributes().get(STATUS_CODE)).isEqualTo("UNKNOWN");
			assertThat(server.getEvents()).singleElement().satisfies((event) -> {
				assertThat(event.getName()).isEqualTo("exception");
				assertThat(event.getAttributes().get(AttributeKey.stringKey("exception.type")))
					.isEqualTo(IllegalStateException.class.getName());
			});
			assertThat(application.await(SpanKind.CLIENT).getAttributes().get(STATUS_CODE)).isEqualTo("UNKNOWN");
		});
	}

	@Test
	void exceptionHasTheStatusThatTheCallerGets() throws Exception {
		new GrpcApplication().with(Mapped.class).run((application) -> {
			application.service().answering((answer) -> {
				throw new IllegalArgumentException("No such pump");
			});
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> unary(application.channel()));
			application.await(2);
			assertStatus(application.await(SpanKind.CLIENT), Status.Code.NOT_FOUND, true, "No such pump");
			assertStatus(application.await(SpanKind.SERVER), Status.Code.NOT_FOUND, false, "");
		});
	}

	@Test
	void serverThatIsNotThereIsAnErrorWithItsCause() throws Exception {
		new GrpcApplication().run((application) -> {
			ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", 1)
				.usePlaintext()
				.intercept(clientInterceptor(application))
				.build();
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> unary(channel));
			channel.shutdownNow();
			SpanData client = application.await(1).get(0);
			assertThat(client.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(client.getAttributes().get(ERROR_TYPE)).isEqualTo("UNAVAILABLE");
			assertThat(client.getAttributes().get(AttributeKey.longKey("server.port"))).isEqualTo(1L);
			assertThat(client.getEvents()).singleElement().extracting("name").isEqualTo("exception");
		});
	}

	@Test
	void deadlineThatPassedIsAnErrorOnBothSides() throws Exception {
		new GrpcApplication().run((application) -> {
			Channel channel = application.channel();
			unary(channel);
			application.await(2);
			application.service().answering((answer) -> {
			});
			CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(500, TimeUnit.MILLISECONDS);
			assertThatExceptionOfType(StatusRuntimeException.class)
				.isThrownBy(() -> ClientCalls.blockingUnaryCall(channel, EchoService.UNARY, options, "x"))
				.matches((ex) -> ex.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED);
			assertThat(application.await(4).subList(2, 4)).allSatisfy((span) -> {
				assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
				assertThat(span.getAttributes().get(STATUS_CODE)).isEqualTo("DEADLINE_EXCEEDED");
				assertThat(span.getAttributes().get(ERROR_TYPE)).isEqualTo("DEADLINE_EXCEEDED");
			});
		});
	}

	@Test
	void cancellationByTheCallerIsNoErrorAndMarkedOnBothSides() throws Exception {
		new GrpcApplication().run((application) -> {
			CountDownLatch called = new CountDownLatch(1);
			application.service().answering((answer) -> called.countDown());
			var answer = ClientCalls.futureUnaryCall(application.channel().newCall(EchoService.UNARY, longDeadline()),
					"x");
			assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
			answer.cancel(true);
			assertCancelled(application.await(2));
			Awaitility.await()
				.untilAsserted(() -> assertThat(application.service().steps)
					.contains(new Step("cancel", application.await(SpanKind.SERVER).getSpanId())));
		});
	}

	@Test
	void cancellationOfTheContextThatCallsIsNoError() throws Exception {
		new GrpcApplication().run((application) -> {
			CountDownLatch called = new CountDownLatch(1);
			application.service().answering((answer) -> called.countDown());
			io.grpc.Context.CancellableContext caller = io.grpc.Context.current().withCancellation();
			Channel channel = application.channel();
			caller.run(() -> ClientCalls.futureUnaryCall(channel.newCall(EchoService.UNARY, CallOptions.DEFAULT), "x"));
			assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
			caller.cancel(null);
			assertCancelled(application.await(2));
		});
	}

	@Test
	void cancellationBeforeALaterInterceptorFailsIsNoError() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		runFailing(() -> {
			called.countDown();
			Awaitility.await().until(io.grpc.Context.current()::isCancelled);
			return new IllegalStateException("Too late");
		}, (application, channel) -> {
			var answer = ClientCalls.futureUnaryCall(channel.newCall(EchoService.UNARY, longDeadline()), "x");
			assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
			answer.cancel(true);
			assertCancelled(application.await(1));
		});
	}

	@Test
	void callThatIsCancelledAndFailsToStartEnds() throws Exception {
		runFailing(() -> new IllegalStateException("Too late"), (application, channel) -> {
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> unary(channel));
			assertCancelled(application.await(1));
		}, new CancelledCalls());
	}

	@Test
	void failureOfALaterInterceptorIsRecorded() throws Exception {
		runFailing(() -> new IllegalStateException("The door is stuck"), (application, channel) -> {
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> unary(channel))
				.matches((ex) -> ex.getStatus().getCode() == Status.Code.UNKNOWN);
			SpanData server = application.await(1).get(0);
			assertStatus(server, Status.Code.UNKNOWN, true, "The door is stuck");
			assertThat(server.getEvents()).singleElement().extracting("name").isEqualTo("exception");
		});
	}

	@Test
	void failureOfALaterInterceptorHasTheStatusThatTheCallerGets() throws Exception {
		runFailing(Status.UNAUTHENTICATED.withDescription("No")::asRuntimeException, (application, channel) -> {
			assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> unary(channel))
				.matches((ex) -> ex.getStatus().getCode() == Status.Code.UNAUTHENTICATED);
			assertStatus(application.await(1).get(0), Status.Code.UNAUTHENTICATED, false, "");
		});
	}

	@Test
	void failureOfTheCallerInTheMiddleOfAStreamIsAnErrorAtTheCaller() throws Exception {
		new GrpcApplication().run((application) -> {
			Answers answers = new Answers();
			StreamObserver<String> requests = ClientCalls
				.asyncBidiStreamingCall(application.channel().newCall(EchoService.BOTH, CallOptions.DEFAULT), answers);
			requests.onNext("x");
			Awaitility.await()
				.untilAsserted(() -> assertThat(application.service().steps).extracting(Step::name).contains("next"));
			requests.onError(new IllegalStateException("The sensor broke"));
			application.await(2);
			SpanData client = application.await(SpanKind.CLIENT);
			assertThat(client.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(client.getAttributes().get(ERROR_TYPE)).isEqualTo("CANCELLED");
			assertThat(client.getEvents()).singleElement().extracting("name").isEqualTo("exception");
			SpanData server = application.await(SpanKind.SERVER);
			assertThat(server.getStatus()).isEqualTo(StatusData.unset());
			assertThat(server.getAttributes().get(KosmosAttributes.CANCELLED)).isTrue();
		});
	}

	@Test
	void messagesAreEventsWhenAskedFor() throws Exception {
		new GrpcApplication().with("kosmos.tracing.grpc.message-events=true").run((application) -> {
			assertThat(down(application.channel())).containsExactly("x0", "x1", "x2");
			application.await(2);
			assertThat(messages(application.await(SpanKind.CLIENT))).containsExactly("SENT 1", "RECEIVED 1",
					"RECEIVED 2", "RECEIVED 3");
			assertThat(messages(application.await(SpanKind.SERVER))).containsExactly("RECEIVED 1", "SENT 1", "SENT 2",
					"SENT 3");
		});
	}

	@Test
	void healthAndReflectionOfBootAreNotTraced() throws Exception {
		new GrpcApplication().run((application) -> {
			ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", application.port())
				.usePlaintext()
				.build();
			assertThat(HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()).getStatus())
				.isEqualTo(ServingStatus.SERVING);
			Answers answers = new Answers();
			MethodDescriptor<String, String> reflect = EchoService.method("grpc.reflection.v1.ServerReflection",
					"ServerReflectionInfo", MethodType.BIDI_STREAMING);
			ClientCalls.asyncBidiStreamingCall(channel.newCall(reflect, CallOptions.DEFAULT), answers).onCompleted();
			answers.await();
			unary(channel);
			channel.shutdownNow();
			assertThat(application.await(1)).extracting(SpanData::getName).containsOnly("kosmos.test.Echo/Unary");
		});
	}

	@Test
	void excludedServiceIsNotTracedWithWhatItDoes() throws Exception {
		new GrpcApplication().with(Internal.class)
			.with("kosmos.tracing.grpc.excluded-services=kosmos.test.Internal")
			.run((application) -> {
				Channel channel = application.channel();
				assertThat(ClientCalls.blockingUnaryCall(channel, Internal.CHECK, CallOptions.DEFAULT, "x"))
					.isEqualTo("up");
				unary(channel);
				assertThat(application.await(2)).extracting(SpanData::getName).containsOnly("kosmos.test.Echo/Unary");
			});
	}

	@Test
	void stateOfTheTraceAndAllowedBaggageGoToAllowedHosts() throws Exception {
		new GrpcApplication().with(Seen.class)
			.with("kosmos.tracing.baggage.keys=color,kosmos.tenant.id,kosmos.request.id",
					"kosmos.tracing.baggage.hosts=127.0.0.1")
			.run((application) -> {
				callWithBaggage(application);
				Metadata headers = application.bean(Seen.class).headers.get();
				assertThat(headers.get(TRACESTATE)).isEqualTo("kosmos=agent:zeus");
				assertThat(headers.get(BAGGAGE)).contains("color=red", "kosmos.tenant.id=acme")
					.doesNotContain("shape", "u-1");
				assertThat(application.await(SpanKind.SERVER).getAttributes().get(KosmosAttributes.CALLER_AGENT))
					.isEqualTo("zeus");
				assertThat(application.await(SpanKind.SERVER).getAttributes().get(KosmosAttributes.TENANT_ID))
					.isEqualTo("acme");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "kosmos.tracing.baggage.hosts=inventory", "kosmos.tracing.baggage.hosts=" })
	void baggageGoesToNoOtherHost(String hosts) throws Exception {
		new GrpcApplication().with(Seen.class)
			.with("kosmos.tracing.baggage.keys=color,kosmos.tenant.id", hosts)
			.run((application) -> {
				callWithBaggage(application);
				assertThat(application.bean(Seen.class).headers.get().get(BAGGAGE)).isNull();
				assertThat(application.await(SpanKind.SERVER).getAttributes().get(KosmosAttributes.TENANT_ID)).isNull();
			});
	}

	@Test
	void idsOfTheCallEnterFromItsMetadata() throws Exception {
		new GrpcApplication().run((application) -> {
			AtomicReference<RequestIds> ids = new AtomicReference<>();
			List<String> logged = new CopyOnWriteArrayList<>();
			application.service().answering((answer) -> {
				ids.set(RequestIds.current());
				logged.add(MDC.get("tenantId") + " " + MDC.get("traceId"));
				answer.onNext("done");
				answer.onCompleted();
			});
			Metadata headers = new Metadata();
			headers.put(ascii("X-Tenant-Id"), "acme");
			headers.put(ascii("X-Request-Id"), "r-1");
			unary(ClientInterceptors.intercept(application.channel(),
					MetadataUtils.newAttachHeadersInterceptor(headers)));
			application.await(2);
			assertThat(ids.get()).isEqualTo(new RequestIds("acme", null, null, "r-1"));
			SpanData server = application.await(SpanKind.SERVER);
			assertThat(logged).containsExactly("acme " + server.getTraceId());
			assertThat(server.getAttributes().asMap()).containsEntry(KosmosAttributes.TENANT_ID, "acme")
				.containsEntry(KosmosAttributes.REQUEST_ID, "r-1");
		});
	}

	@Test
	void metadataThatIsNoTraceIsNoFailure() throws Exception {
		new GrpcApplication().run((application) -> {
			Metadata headers = new Metadata();
			headers.put(ascii("traceparent"), "00-zz-\u0001");
			headers.put(ascii("baggage"), "===,;;,a=%zz");
			headers.put(Metadata.Key.of("tracestate-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] { 1 });
			ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", application.port())
				.usePlaintext()
				.intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
				.build();
			assertThat(unary(channel)).isEqualTo("done");
			channel.shutdownNow();
			assertThat(application.await(1).get(0).getParentSpanContext().isValid()).isFalse();
		});
	}

	@Test
	void propagatorThatFailsFailsNoCall() throws Exception {
		new GrpcApplication().with(FailingPropagator.class).run((application) -> {
			assertThat(unary(application.channel())).isEqualTo("done");
			assertThat(application.await(2))
				.allSatisfy((span) -> assertThat(span.getParentSpanContext().isValid()).isFalse());
			assertThat(application.bean(MeterRegistry.class).get("kosmos.tracing.failures").functionCounter().count())
				.isEqualTo(2);
		});
	}

	@Test
	void observationsKeepTheirMetersAndMakeNoSpansOfTheirOwn() throws Exception {
		new GrpcApplication().run((application) -> {
			unary(application.channel());
			application.await(2);
			MeterRegistry meters = application.bean(MeterRegistry.class);
			Awaitility.await().untilAsserted(() -> {
				assertThat(meters.find("grpc.server").tag("grpc.status_code", "OK").timer()).isNotNull();
				assertThat(meters.find("grpc.client").tag("grpc.status_code", "OK").timer()).isNotNull();
			});
			assertThat(application.ended()).hasSize(2);
		});
	}

	@Test
	void observedWorkInAServiceIsBelowItsSpan() throws Exception {
		new GrpcApplication().run((application) -> {
			ObservationRegistry observations = application.bean(ObservationRegistry.class);
			application.service().answering((answer) -> {
				Observation.createNotStarted("work", observations).observe(() -> answer.onNext("done"));
				answer.onCompleted();
			});
			unary(application.channel());
			SpanData work = named(application.await(3), "work", SpanKind.INTERNAL);
			assertThat(work.getParentSpanId()).isEqualTo(application.await(SpanKind.SERVER).getSpanId());
		});
	}

	@Test
	void interceptorThatIsAddedOnceMoreMakesNoSecondSpan() throws Exception {
		new GrpcApplication().with(ServerTwice.class).run((application) -> {
			unary(ClientInterceptors.intercept(application.channel(), clientInterceptor(application)));
			application.await(2);
		});
	}

	@Test
	void interceptorOfOpenTelemetrysLibraryTracesAlone() throws Exception {
		new GrpcApplication().with(Library.class).run((application) -> {
			unary(application.channel());
			assertThat(application.await(2)).allSatisfy((span) -> assertThat(span.getAttributes().asMap())
				.doesNotContainKey(AttributeKey.stringKey("rpc.system.name")));
		});
	}

	@Test
	void channelThatOnlyMicrometerObservesKeepsMicrometersSpan() throws Exception {
		new GrpcApplication().run((application) -> {
			ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", application.port())
				.usePlaintext()
				.intercept(new ObservationGrpcClientInterceptor(application.bean(ObservationRegistry.class)))
				.build();
			unary(channel);
			channel.shutdownNow();
			application.await(2);
			SpanData client = application.await(SpanKind.CLIENT);
			assertThat(client.getAttributes().get(AttributeKey.stringKey("rpc.service"))).isEqualTo(EchoService.NAME);
			assertThat(application.await(SpanKind.SERVER).getParentSpanId()).isEqualTo(client.getSpanId());
		});
	}

	@Test
	void switchedOffCallsHaveTheSpansOfBoot() throws Exception {
		new GrpcApplication().with("kosmos.tracing.grpc.enabled=false").run((application) -> {
			unary(application.channel());
			assertThat(application.await(2)).allSatisfy((span) -> assertThat(span.getAttributes().asMap())
				.containsKey(AttributeKey.stringKey("rpc.service"))
				.doesNotContainKey(AttributeKey.stringKey("rpc.system.name")));
		});
	}

	@Test
	void plainServerAndChannelTakeTheInterceptorsByHand() throws Exception {
		new GrpcApplication().with("spring.grpc.server.enabled=false").run((application) -> {
			Server server = NettyServerBuilder.forPort(0)
				.addService(application.service())
				.intercept(application.context().getBean("kosmosGrpcServerInterceptor", ServerInterceptor.class))
				.intercept(application.context().getBean("kosmosGrpcRequestIdsInterceptor", ServerInterceptor.class))
				.build()
				.start();
			Metadata headers = new Metadata();
			headers.put(ascii("X-Tenant-Id"), "acme");
			ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
				.usePlaintext()
				.intercept(clientInterceptor(application), MetadataUtils.newAttachHeadersInterceptor(headers))
				.build();
			unary(channel);
			application.await(2);
			SpanData span = application.await(SpanKind.SERVER);
			assertThat(span.getParentSpanId()).isEqualTo(application.await(SpanKind.CLIENT).getSpanId());
			assertThat(span.getAttributes().get(KosmosAttributes.TENANT_ID)).isEqualTo("acme");
			channel.shutdownNow();
			server.shutdownNow();
		});
	}

	@Test
	void withoutTracingTheInterceptorsAreThereAndLetCallsPass() throws Exception {
		new GrpcApplication().with("kosmos.tracing.enabled=false").run((application) -> {
			assertThat(application.context().getBean("kosmosGrpcServerInterceptor")).isNotNull();
			assertThat(unary(ClientInterceptors.intercept(application.channel(), clientInterceptor(application))))
				.isEqualTo("done");
			assertThat(application.ended()).isEmpty();
		});
	}

	/**
	 * With a server of no Spring, where an interceptor after that of the spans fails.
	 */
	private static void runFailing(Supplier<RuntimeException> failure, CallTest test, ServerInterceptor... first)
			throws Exception {
		new GrpcApplication().with("spring.grpc.server.enabled=false").run((application) -> {
			ServerBuilder<?> builder = NettyServerBuilder.forPort(0)
				.addService(application.service())
				.intercept(new FailingInterceptor(failure))
				.intercept(application.context().getBean("kosmosGrpcServerInterceptor", ServerInterceptor.class));
			List.of(first).forEach(builder::intercept);
			Server server = builder.build().start();
			ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
				.usePlaintext()
				.build();
			try {
				test.run(application, channel);
			}
			finally {
				channel.shutdownNow();
				server.shutdownNow();
			}
		});
	}

	private static void callWithBaggage(Running application) {
		Baggage baggage = Baggage.builder().put("color", "red").put("shape", "round").build();
		Channel channel = application.channel();
		try (Scope ids = application.bean(RequestContext.class).tenant("acme").user("u-1").open();
				Scope scope = Context.current().with(baggage).makeCurrent()) {
			application.bean(Spans.class)
				.span("invoke_agent zeus")
				.attribute(KosmosAttributes.AGENT_NAME, "zeus")
				.in(() -> unary(channel));
		}
		application.await(3);
	}

	private static void assertStatus(SpanData span, Status.Code code, boolean error, String description) {
		assertThat(span.getAttributes().get(STATUS_CODE)).isEqualTo(code.name());
		assertThat(span.getStatus())
			.isEqualTo(error ? StatusData.create(StatusCode.ERROR, description) : StatusData.unset());
		assertThat(span.getAttributes().get(ERROR_TYPE)).isEqualTo(error ? code.name() : null);
	}

	private static void assertCancelled(List<SpanData> spans) {
		assertThat(spans).allSatisfy((span) -> {
			assertThat(span.getStatus()).isEqualTo(StatusData.unset());
			assertThat(span.getEvents()).isEmpty();
			assertThat(span.getAttributes().get(STATUS_CODE)).isEqualTo("CANCELLED");
			assertThat(span.getAttributes().get(ERROR_TYPE)).isNull();
			assertThat(span.getAttributes().get(KosmosAttributes.CANCELLED)).isTrue();
		});
	}

	private static List<String> messages(SpanData span) {
		return span.getEvents()
			.stream()
			.map((event) -> event.getAttributes().get(AttributeKey.stringKey("rpc.message.type")) + " "
					+ event.getAttributes().get(AttributeKey.longKey("rpc.message.id")))
			.toList();
	}

	private static SpanData named(List<SpanData> spans, String name, SpanKind kind) {
		return spans.stream()
			.filter((span) -> span.getName().equals(name) && span.getKind() == kind)
			.findFirst()
			.orElseThrow();
	}

	private static String unary(Channel channel) {
		return ClientCalls.blockingUnaryCall(channel, EchoService.UNARY, CallOptions.DEFAULT, "x");
	}

	private static List<String> down(Channel channel) {
		Iterator<String> answers = ClientCalls.blockingServerStreamingCall(channel, EchoService.DOWN,
				CallOptions.DEFAULT, "x");
		List<String> all = new ArrayList<>();
		answers.forEachRemaining(all::add);
		return all;
	}

	private static CallOptions longDeadline() {
		return CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.MINUTES);
	}

	private static void call(Channel channel, MethodType type, Answers answers) {
		switch (type) {
			case UNARY ->
				ClientCalls.asyncUnaryCall(channel.newCall(EchoService.UNARY, CallOptions.DEFAULT), "x", answers);
			case SERVER_STREAMING -> ClientCalls
				.asyncServerStreamingCall(channel.newCall(EchoService.DOWN, CallOptions.DEFAULT), "x", answers);
			case CLIENT_STREAMING -> send(ClientCalls
				.asyncClientStreamingCall(channel.newCall(EchoService.UP, CallOptions.DEFAULT), answers));
			default -> send(ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoService.BOTH, CallOptions.DEFAULT),
					answers));
		}
	}

	private static void send(StreamObserver<String> requests) {
		for (int i = 0; i < 3; i++) {
			requests.onNext("x");
		}
		requests.onCompleted();
	}

	private static ClientInterceptor clientInterceptor(Running application) {
		return application.context().getBean("kosmosGrpcClientInterceptor", ClientInterceptor.class);
	}

	private static Metadata.Key<String> ascii(String name) {
		return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
	}

	/**
	 * Notes in which span its callbacks run.
	 */
	private static final class Answers implements StreamObserver<String> {

		private final List<String> spans = new CopyOnWriteArrayList<>();

		private final List<String> logged = new CopyOnWriteArrayList<>();

		private final CountDownLatch ended = new CountDownLatch(1);

		@Override
		public void onNext(String answer) {
			note();
		}

		@Override
		public void onError(Throwable error) {
			note();
			this.ended.countDown();
		}

		@Override
		public void onCompleted() {
			note();
			this.ended.countDown();
		}

		private void note() {
			this.spans.add(Span.current().getSpanContext().getSpanId());
			this.logged.add(String.valueOf(MDC.get("traceId")));
		}

		void await() throws InterruptedException {
			assertThat(this.ended.await(10, TimeUnit.SECONDS)).isTrue();
		}

	}

	/**
	 * Keeps the metadata that came in.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Seen {

		private final AtomicReference<Metadata> headers = new AtomicReference<>();

		@Bean
		@GlobalServerInterceptor
		ServerInterceptor seeing() {
			return new ServerInterceptor() {

				@Override
				public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
						ServerCallHandler<Q, A> next) {
					Seen.this.headers.set(headers);
					return next.startCall(call, headers);
				}

			};
		}

	}

	/**
	 * Calls a server.
	 */
	private interface CallTest {

		void run(Running application, Channel channel) throws Exception;

	}

	/**
	 * Fails each call before the service gets it.
	 */
	private record FailingInterceptor(Supplier<RuntimeException> failure) implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			throw this.failure.get();
		}

	}

	/**
	 * Says of each call that it is cancelled.
	 */
	private static final class CancelledCalls implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			return next.startCall(new SimpleForwardingServerCall<>(call) {

				@Override
				public boolean isCancelled() {
					return true;
				}

			}, headers);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailingPropagator {

		@Bean
		@Primary
		ContextPropagators failing() {
			return ContextPropagators.create(new TextMapPropagator() {

				@Override
				public Collection<String> fields() {
					return List.of();
				}

				@Override
				public <C> void inject(Context context, C carrier, TextMapSetter<C> setter) {
					throw new IllegalStateException("No");
				}

				@Override
				public <C> Context extract(Context context, C carrier, TextMapGetter<C> getter) {
					throw new IllegalStateException("No");
				}

			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OneThread {

		@Bean(destroyMethod = "shutdownNow")
		ExecutorService executor() {
			return Executors.newSingleThreadExecutor();
		}

		@Bean
		GrpcServerExecutorProvider executors(ExecutorService executor) {
			return () -> executor;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Mapped {

		@Bean
		GrpcExceptionHandler exceptionHandler() {
			return (exception) -> new StatusException(Status.NOT_FOUND.withDescription(exception.getMessage()));
		}

	}

	/**
	 * A service of the application that is not to be traced, and does traced work.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Internal {

		static final MethodDescriptor<String, String> CHECK = EchoService.method("kosmos.test.Internal", "Check",
				MethodType.UNARY);

		@Bean
		BindableService internal(Spans spans) {
			return () -> ServerServiceDefinition.builder("kosmos.test.Internal")
				.addMethod(CHECK, ServerCalls.asyncUnaryCall((request, answer) -> {
					answer.onNext(spans.in("check", () -> "up"));
					answer.onCompleted();
				}))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Library {

		@Bean
		ClientInterceptor ofTheLibrary() {
			return new LibraryInterceptor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ServerTwice {

		@Bean
		@GlobalServerInterceptor
		ServerInterceptor again(@Qualifier("kosmosGrpcServerInterceptor") ServerInterceptor first) {
			return first;
		}

	}

}
