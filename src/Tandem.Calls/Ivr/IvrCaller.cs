using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Events;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;

namespace Tandem.Calls.Ivr;

/// <summary>A caller on the call's shard, for a flow.</summary>
internal sealed class IvrCaller : IIvrPerson
{
    // The longest way that a record keeps, characters.
    private const int MaxPath = 1_000;

    private readonly ServedCall _person;
    private readonly IvrServices _services;
    private readonly TimeZoneInfo _zone;
    private readonly Moment _began;

    public IvrCaller(ServedCall person, IvrServices services, Tenant? tenant)
    {
        _person = person;
        _services = services;
        _began = person.Call.Now;
        _zone = tenant is not null && TimeZoneInfo.TryFindSystemTimeZoneById(tenant.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;
        if (person.Language.Length == 0 && tenant is not null)
            person.Language = tenant.Language.ToLowerInvariant();
    }

    /// <summary>How the call ends, after a transfer; null for a hang-up of ours.</summary>
    public CallEnding? Ending { get; private set; }

    public bool IsGone => _person.IsGone;

    public bool IsTransferred => _person.IsTransferred;

    public string Language
    {
        get => _person.Language;
        set => _person.Language = value;
    }

    public string Caller => _person.Call.Model.Snapshot.CallerNumber;

    public string Called => _person.Call.Model.Snapshot.CalleeNumber;

    public string CallId => _person.Call.Model.Id.Value;

    public TimeSpan Elapsed => _person.Call.Now - _began;

    public DateTime LocalTime => TimeZoneInfo.ConvertTime(_person.Call.Environment.WallClock.ToUtc(_person.Call.Now), _zone).DateTime;

    public ValueTask<PlayEnd> PlayAsync(Prompt prompt, bool keysStop) => _person.PlayAsync(prompt, keysStop);

    public bool KeysAreOpen
    {
        set => _person.KeysAreOpen = value;
    }

    public ValueTask<char?> KeyAsync(TimeSpan wait) => _person.KeyAsync(wait);

    public ValueTask<string> ReadAsync(ReadOrder order) => _person.ReadAsync(order);

    public ValueTask<RecordedMessage?> RecordAsync(RecordOrder order) => _person.RecordAsync(order);

    public async ValueTask<IvrWebAnswer> AskAsync(IvrWebRequest request, Prompt? meanwhile)
    {
        if (_services.Web is not { } web)
            return new IvrWebAnswer(0, default, "web services are not asked here");

        if (meanwhile is not null)
            _person.Loop(meanwhile);
        var call = _person.Call.Model.Snapshot;
        var (isThere, answer) = await _person.WhileThereAsync(web.AskAsync(request with { Tenant = _person.Tenant, Call = call.Id, TraceId = call.TraceId }));
        if (meanwhile is not null)
            _person.Silence();
        return isThere ? answer! : new IvrWebAnswer(0, default, "the caller is gone");
    }

    public async ValueTask<IvrTransferEnd> TransferAsync(IvrTransfer transfer)
    {
        var snapshot = _person.Call.Model.Snapshot;
        var plan = _person.Call.Environment.Router.Plan(new RouteRequest(_person.Tenant, snapshot.CallerNumber, snapshot.CalleeNumber) { To = transfer.To });
        if (!transfer.MayLeaveExchange && plan.First is DialDecision.Trunk)
            return IvrTransferEnd.Failed;

        // Only what an extension has set to be sent on leads out then, not a rule.
        if (!transfer.MayLeaveExchange && plan.Only is null)
            plan = CallPlan.Of([.. plan.Steps.Where(static step => step.Decision is not DialDecision.Trunk || step.DivertedBy.Length > 0)]);

        var order = new ConnectOrder { Number = NumberOf(transfer.To, snapshot.CalleeNumber), Timeout = transfer.Timeout };
        if (transfer.Meanwhile is { } meanwhile)
            order = order with { Meanwhile = meanwhile };
        var outcome = await _person.ConnectAsync(plan, order);
        switch (outcome.End)
        {
            case ConnectEnd.Connected:
                Ending = await _person.TalkAsync();
                return IvrTransferEnd.Done;
            case ConnectEnd.Service:
                Ending = await _person.ServeAsync(outcome.Service!);
                return IvrTransferEnd.Done;
            case ConnectEnd.Gone:
                return IvrTransferEnd.Done;
            default:
                _person.Silence();
                return outcome.End switch
                {
                    ConnectEnd.Busy => IvrTransferEnd.Busy,
                    ConnectEnd.NoAnswer => IvrTransferEnd.NoAnswer,
                    _ => IvrTransferEnd.Failed,
                };
        }
    }

    public void Report(IvrStepReport report)
    {
        var call = _person.Call;
        _services.Counters.CountStep(_person.Tenant, report.Flow, report.Step, report.Result);
        var path = call.IvrPath is { Length: > 0 } before ? $"{before}/{report.Step}" : $"{report.Flow}/{report.Step}";
        if (path.Length <= MaxPath)
            call.IvrPath = path;
        call.Environment.Events.Publish(new IvrStepped(call.Model.Snapshot, report, call.Environment.WallClock.ToUtc(call.Now)));
    }

    private static string NumberOf(Destination to, string called) => to switch
    {
        Destination.Number number => number.Digits,
        Destination.Extension extension => extension.Digits,
        Destination.Trunk trunk => trunk.Digits,
        _ => called,
    };
}
