package usecases;

/**
 * {@link TraceContextCases} on Reactor Netty.
 */
class ReactiveTraceContextTests extends TraceContextCases {

	ReactiveTraceContextTests() {
		super(CallingService.NETTY);
	}

}
