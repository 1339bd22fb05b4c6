package usecases;

/**
 * {@link TraceContextCases} on Tomcat.
 */
class ServletTraceContextTests extends TraceContextCases {

	ServletTraceContextTests() {
		super(CallingService.TOMCAT);
	}

}
