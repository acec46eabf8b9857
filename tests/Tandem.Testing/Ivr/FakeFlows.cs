using System.Text;
using Tandem.Calls.Ivr;
using Tandem.Calls.Tenants;

namespace Tandem.Testing.Ivr;

/// <summary>Flows that a test writes.</summary>
public sealed class FakeFlows : IIvrFlows
{
    // A pattern is matched in real time, and a loaded machine may take its time.
    private static readonly TimeSpan Unhurried = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(TenantId, string), IvrFlow> _flows = [];

    public IvrFlow? Find(TenantId tenant, string id) => _flows.GetValueOrDefault((tenant, id));

    /// <summary>Reads JSON and keeps it; a document with problems throws.</summary>
    public IvrFlow Add(string id, string json)
    {
        var (flow, problems) = IvrFlowReader.Read(id, Encoding.UTF8.GetBytes(json), IvrOptions.Default with { PatternTimeout = Unhurried });
        if (flow is null)
            throw new ArgumentException(string.Join("; ", problems), nameof(json));

        _flows[(TenantId.Default, id)] = flow;
        return flow;
    }
}
