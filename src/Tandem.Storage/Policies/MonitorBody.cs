using Tandem.Calls.Monitoring;
using Tandem.Core.Privacy;

namespace Tandem.Storage.Policies;

/// <summary>The rules of monitoring as JSON in the database.</summary>
internal sealed record MonitorBody
{
    public List<string> Supervisors { get; set; } = [];

    public string? Pin { get; set; }

    public bool TellsAgent { get; set; }

    public static MonitorBody From(MonitorRules rules) => new() { Supervisors = [.. rules.Supervisors], Pin = rules.Pin?.Reveal(), TellsAgent = rules.TellsAgent };

    public MonitorRules ToRules() => new() { Supervisors = Supervisors, Pin = Pin is null ? null : new Secret(Pin), TellsAgent = TellsAgent };
}
