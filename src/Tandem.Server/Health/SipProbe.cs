using Tandem.Server.Hosting;

namespace Tandem.Server.Health;

/// <summary>SIP: listeners are bound, and every loop does what is posted to it.</summary>
public sealed class SipProbe(ExchangeParts parts) : IHealthProbe
{
    public string Name => "sip";

    public async ValueTask<HealthCheck> CheckAsync(CancellationToken cancellation)
    {
        var bound = parts.Transport.Bound;
        if (bound.Count == 0)
            return new HealthCheck("error", "nothing listens for SIP");

        var answers = new List<Task>();
        foreach (var shard in parts.Exchange.Shards)
        {
            var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            shard.Post(() => answer.TrySetResult());
            answers.Add(answer.Task);
        }

        await Task.WhenAll(answers).WaitAsync(cancellation);
        return new HealthCheck("ok", $"{string.Join(", ", bound)}; {answers.Count} loops answer");
    }
}
