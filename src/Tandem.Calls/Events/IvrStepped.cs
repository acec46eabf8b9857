using Tandem.Calls.Calls;
using Tandem.Calls.Ivr;

namespace Tandem.Calls.Events;

/// <summary>A caller came through a step of a flow.</summary>
public sealed record IvrStepped(CallSnapshot Call, IvrStepReport Report, DateTimeOffset At) : CallEvent(Call, At)
{
    // What was typed is often a secret, and events are logged.
    public override string ToString() => $"IvrStepped {{ {Call.Id}, {Report.Flow}/{Report.Step}, {Report.Result} }}";
}
