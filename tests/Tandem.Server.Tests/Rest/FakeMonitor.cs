using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Monitoring;
using Tandem.Media.Mixing;

namespace Tandem.Server.Rest;

/// <summary>A supervisor at work who remembers what he was told.</summary>
public sealed class FakeMonitor(MonitorSnapshot snapshot) : IMonitor
{
    public List<string> Told { get; } = [];

    public MonitorSnapshot Snapshot => snapshot;

    public void SetMode(MonitorMode mode) => Told.Add($"mode {mode}");

    public void MoveTo(string agent, CallId? call) => Told.Add($"move {agent} {call}");

    public void TakeOver() => Told.Add("take over");

    public void End() => Told.Add("end");

    public void Talks()
    {
        // Nothing is monitored here.
    }

    public void Heard(CallEvent happened)
    {
        // Nothing is monitored here.
    }
}
