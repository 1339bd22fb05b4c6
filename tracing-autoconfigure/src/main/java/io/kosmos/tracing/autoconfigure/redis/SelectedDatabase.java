package io.kosmos.tracing.autoconfigure.redis;

import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which database of the server a connection uses. Lettuce does not tell it with
 * a command, but commands are written in the thread of their connection: while one is,
 * the connection is the current one here, and a {@code SELECT} that passes by is for the
 * commands after it.
 */
final class SelectedDatabase extends ChannelOutboundHandlerAdapter {

	private static final ThreadLocal<@Nullable SelectedDatabase> current = new ThreadLocal<>();

	private long index;

	/**
	 * The database of the connection that a command is being written to.
	 * @param command the command
	 * @return its index, or {@code null} if it is not known
	 */
	static @Nullable Long of(RedisCommand<?, ?, ?> command) {
		SelectedDatabase connection = current.get();
		return (connection != null) ? connection.next(command) : null;
	}

	@SuppressWarnings("deprecation")
	private long next(RedisCommand<?, ?, ?> command) {
		if (command.getType() == CommandType.SELECT && command.getArgs() != null) {
			Long selected = command.getArgs().getFirstInteger();
			if (selected != null) {
				this.index = selected;
			}
		}
		return this.index;
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		SelectedDatabase before = current.get();
		current.set(this);
		try {
			context.write(message, promise);
		}
		finally {
			if (before != null) {
				current.set(before);
			}
			else {
				current.remove();
			}
		}
	}

	/**
	 * Adds one to each connection.
	 */
	static final class Customizer implements NettyCustomizer {

		private final NettyCustomizer next;

		Customizer(NettyCustomizer next) {
			this.next = next;
		}

		@Override
		public void afterBootstrapInitialized(Bootstrap bootstrap) {
			this.next.afterBootstrapInitialized(bootstrap);
		}

		@Override
		public void afterChannelInitialized(Channel channel) {
			channel.pipeline().addLast(new SelectedDatabase());
			this.next.afterChannelInitialized(channel);
		}

	}

}
