using Tandem.Calls.Edge;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Registrar;

/// <summary>One contact of an extension (RFC 3261 §10). Immutable; a refresh makes a new one.</summary>
public sealed record Binding
{
    public required TenantId Tenant { get; init; }

    /// <summary>The extension, for example <c>100</c>.</summary>
    public required string Number { get; init; }

    /// <summary>The Contact URI as the phone wrote it, without brackets and header parameters.</summary>
    public required string ContactUri { get; init; }

    /// <summary>Where the REGISTER came from; requests to this contact go there (NAT, RFC 3581; connection reuse).</summary>
    public required SipFlow Flow { get; init; }

    /// <summary>The Path vector (RFC 3327), topmost first, each entry as a Route value with its brackets; empty when there is none.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>
    /// The <c>+sip.instance</c> of the Contact (RFC 5626 §4.1), which names the device: a URN with its angle brackets, as the phone wrote
    /// it; empty when there is none. Contacts of one instance are ways to the same phone: a call rings one of them.
    /// </summary>
    public string Instance { get; init; } = "";

    /// <summary>The number of the flow among those of its instance (RFC 5626 §4.2.1); 0 when the binding is not one of outbound.</summary>
    public int RegId { get; init; }

    /// <summary>
    /// True when the binding belongs to a flow (RFC 5626): it is known by instance and reg-id, not by its URI, and ends with its connection.
    /// </summary>
    public bool IsOutbound => RegId > 0;

    /// <summary>
    /// True when the way to it is gone: its connection closed, or belonged to an earlier run, and no other can be opened to it. It comes
    /// back with the next REGISTER; until then its number is registered only by other contacts.
    /// </summary>
    public bool IsLost { get; init; }

    /// <summary>What tells it from the other bindings of its number: instance and reg-id, or the Contact URI.</summary>
    public string Key => IsOutbound
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{InstanceId.Canonical(Instance)};reg-id={RegId}")
        : ContactUri;

    /// <summary>The q-value in thousandths, 0 to 1000.</summary>
    public int Q { get; init; } = 1000;

    /// <summary>Call-ID of the REGISTER that made it.</summary>
    public required string RegisterCallId { get; init; }

    /// <summary>CSeq of that REGISTER.</summary>
    public required uint RegisterCSeq { get; init; }

    /// <summary>The granted lifetime in seconds.</summary>
    public required int ExpiresSeconds { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The last REGISTER or answered keep-alive.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>REGISTER requests that made or refreshed this binding.</summary>
    public int RegistrationCount { get; init; } = 1;

    public string UserAgent { get; init; } = "";

    /// <summary>True when the source address differs from the Contact: the phone sits behind NAT and gets keep-alives.</summary>
    public bool BehindNat { get; init; }

    /// <summary>The way to a number of the outside world, of which this is the contact; null for a phone.</summary>
    public TrunkRoute? Trunk { get; init; }

    /// <summary>The way over the node where it registered; null for a phone of this node, or one that anybody reaches.</summary>
    public NodeEdge? Edge { get; init; }

    /// <summary>Where a request to it goes first: to the phone, or to the node that owns its flow.</summary>
    public SipFlow Way => Edge?.Target ?? Flow;

    /// <summary>What stands in the Route fields of a request to it, topmost first.</summary>
    public IEnumerable<string> Routes => Edge is null ? Path : [Edge.Route, .. Path];

    /// <summary>
    /// The binding as another node sees it: its connection and our own address belong to the node where it was made, so a phone on a stream is
    /// reached over its node where that says how, or over another connection where it accepts one, and is lost otherwise.
    /// </summary>
    public Binding FromElsewhere() => Edge is not null
        ? this with { Flow = Flow with { Local = default, Connection = 0 }, IsLost = false }
        : Flows.WithoutConnection(this with { Flow = Flow with { Local = default, Connection = 0 } });

    /// <summary>True when both are ways to the same device: they name the same instance.</summary>
    public bool IsSameDevice(Binding other) => InstanceId.Equals(Instance, other.Instance);
}
