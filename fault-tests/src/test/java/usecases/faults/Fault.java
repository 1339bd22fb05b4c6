package usecases.faults;

/**
 * What a receiver does instead of its work.
 */
enum Fault {

	/** Nothing: it takes what it is sent. */
	NONE,

	/** Its port is closed and its connections are cut. */
	DOWN,

	/** It asks to be tried again, without saying when. */
	UNAVAILABLE,

	/** It asks to be tried again in a second. */
	UNAVAILABLE_FOR_A_SECOND,

	/** It reads requests and never answers, not even after the fault. */
	HANG,

	/** It takes a second for a request. */
	SLOW

}
