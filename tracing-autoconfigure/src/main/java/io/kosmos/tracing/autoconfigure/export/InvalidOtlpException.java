package io.kosmos.tracing.autoconfigure.export;

class InvalidOtlpException extends Exception {

}
