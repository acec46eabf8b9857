using Tandem.Calls.Ports;

namespace Tandem.Testing.Exchange;

/// <summary>Webhooks that a test answers, when it wants to.</summary>
public sealed class FakeRouteWebhooks : IRouteWebhooks
{
    private readonly TaskCompletionSource<RouteAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<(string Url, RouteQuestion Question)> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was asked first.</summary>
    public Task<(string Url, RouteQuestion Question)> Asked => _asked.Task;

    public void Answer(params (string To, int RingSeconds)[] steps) => _answer.TrySetResult(new RouteAnswer(steps));

    public void Fail(string problem) => _answer.TrySetResult(new RouteAnswer([], problem));

    public Task<RouteAnswer> AskAsync(string url, RouteQuestion question)
    {
        _asked.TrySetResult((url, question));
        return _answer.Task;
    }
}
