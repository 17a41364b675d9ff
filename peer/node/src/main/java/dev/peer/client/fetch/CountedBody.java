package dev.peer.client.fetch;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.function.LongConsumer;

/**
 * A body that says how much of it was taken to be sent.
 *
 * @param progress told how many bytes more were, again and again
 */
record CountedBody(BodyPublisher body, LongConsumer progress) implements BodyPublisher {

  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuffer> taker) {
    body.subscribe(
        new Subscriber<ByteBuffer>() {
          @Override
          public void onSubscribe(Subscription subscription) {
            taker.onSubscribe(subscription);
          }

          @Override
          public void onNext(ByteBuffer bytes) {
            progress.accept(bytes.remaining());
            taker.onNext(bytes);
          }

          @Override
          public void onError(Throwable failure) {
            taker.onError(failure);
          }

          @Override
          public void onComplete() {
            taker.onComplete();
          }
        });
  }
}
