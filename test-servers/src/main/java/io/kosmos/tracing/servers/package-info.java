/**
 * Real servers for tests, on free ports of the loopback interface: containers where there
 * is a Docker engine, else the programs of this machine.
 */
@NullMarked
package io.kosmos.tracing.servers;

import org.jspecify.annotations.NullMarked;
