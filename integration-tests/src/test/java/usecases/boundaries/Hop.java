package usecases.boundaries;

/**
 * One step of a {@link Journey}.
 */
enum Hop {

	/** A method with {@code @Async}. */
	ASYNC,

	/** {@code CompletableFuture.supplyAsync} with Spring's executor. */
	FUTURE,

	/** An {@code ExecutorService} bean, of virtual threads where the JDK has them. */
	VIRTUAL,

	/** A thread that the application makes, with a wrapped task. */
	RAW,

	/** A {@code Mono} that changes its thread twice. */
	REACTOR,

	/** The other service, by {@code RestClient}. */
	REST(Crossing.CALL),

	/** The other service, by {@code WebClient}. */
	WEB(Crossing.CALL),

	/**
	 * The other service, by {@code WebClient} to a handler that returns a {@code Mono}.
	 */
	MONO(Crossing.CALL),

	/** The other service, by a unary call. */
	GRPC(Crossing.CALL),

	/** The other service, by a call with a stream of responses. */
	STREAM(Crossing.CALL),

	/** The other service, by RabbitMQ. */
	RABBIT(Crossing.MESSAGE),

	/** The other service, by Kafka. */
	KAFKA(Crossing.MESSAGE),

	/** The other service, by NATS. */
	NATS(Crossing.MESSAGE),

	/** A statement to PostgreSQL. */
	JDBC,

	/** A command to Redis. */
	REDIS,

	/** An exception, which ends the journey. */
	FAIL;

	private final Crossing crossing;

	Hop() {
		this(Crossing.NONE);
	}

	Hop(Crossing crossing) {
		this.crossing = crossing;
	}

	/**
	 * Whether the journey goes on in the other service.
	 */
	boolean crosses() {
		return this.crossing != Crossing.NONE;
	}

	/**
	 * Whether whoever sends the journey on does not wait for it.
	 */
	boolean isMessage() {
		return this.crossing == Crossing.MESSAGE;
	}

	private enum Crossing {

		NONE, CALL, MESSAGE

	}

}
