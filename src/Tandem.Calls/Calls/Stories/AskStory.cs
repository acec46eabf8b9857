using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Ports;

namespace Tandem.Calls.Calls.Stories;

/// <summary>A webhook is asked where the call goes, and the caller, who may give up meanwhile, waits.</summary>
internal sealed class AskStory(LiveCall call)
{
    private RouteAnswer? _answer;

    /// <summary>How the call ended meanwhile; null when it did not.</summary>
    public CallEnding? Ending { get; private set; }

    /// <summary>Completes with what was said; null when the call ended.</summary>
    public async ValueTask<RouteAnswer?> RunAsync(string url)
    {
        if (call.Environment.RouteWebhooks is not { } webhooks)
            return new RouteAnswer([], "no webhook can be asked here");

        var snapshot = call.Model.Snapshot;
        var question = new RouteQuestion(
            snapshot.Tenant, snapshot.Id, snapshot.CallerNumber, snapshot.CalleeNumber, snapshot.Direction.ToString(), snapshot.ProfileId, call.Environment.WallClock.ToUtc(call.Now),
            snapshot.TraceId);
        Ask(webhooks, url, question);
        var limit = call.Environment.Routing.WebhookTimeout + TimeSpan.FromSeconds(1);
        if (Person is { } served)
            served.LimitStep(limit);
        else
            call.SetDeadline(limit);
        while (_answer is null)
        {
            var signal = await call.NextAsync();
            Ending = Person is { } person && person.TakeWhileRinging(signal) ? OfPerson(person) : Handle(signal);
            signal.Message?.Release();
            if (Ending is not null)
                return null;
        }

        return _answer;
    }

    // Who is connected to the exchange already, and hears music or ring back meanwhile.
    private ServedCall? Person => (call.Origin as ServedOrigin)?.Person;

    private CallEnding? OfPerson(ServedCall person)
    {
        if (person.IsStepOver)
            _answer ??= new RouteAnswer([], "no answer in time");
        return person.RingingEnd;
    }

    // The answer comes from another thread, and becomes a turn of the shard.
    private void Ask(IRouteWebhooks webhooks, string url, RouteQuestion question)
    {
        var environment = call.Environment;
        _ = Task.Run(() => webhooks.AskAsync(url, question)).ContinueWith(
            task => environment.PostToShard(() =>
            {
                _answer ??= task.IsCompletedSuccessfully ? task.Result : new RouteAnswer([], task.Exception?.GetBaseException().Message ?? "cancelled");
                environment.Calls.Find(question.Call)?.Post(new CallSignal(CallSignalKind.RouteAnswered));
            }),
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private CallEnding? Handle(in CallSignal signal)
    {
        if (signal.Kind == CallSignalKind.TimeUp)
            _answer ??= new RouteAnswer([], "no answer in time");
        return UnansweredCaller.EndOf(call, signal);
    }
}
