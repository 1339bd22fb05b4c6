package io.kosmos.tracing.autoconfigure.export;

final class Spooled {

	int spans() {
		return 0;
	}

	int length() {
		return 0;
	}

	long epochMillis() {
		return 0;
	}

}
