using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Calls.Edge;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Cluster.Bindings;

/// <summary>A binding as the nodes tell each other of it: what is in the hash of its number and in the messages of changes.</summary>
/// <param name="Node">Where the phone registered.</param>
/// <param name="Key">What tells it from the other bindings of its number.</param>
/// <param name="Remote">Where its REGISTER came from, <c>host:port</c>.</param>
/// <param name="Edge">The Route over the node to a phone that only it reaches; null for one that anybody reaches.</param>
/// <param name="ExpiresAt">Milliseconds since 1970; 0 in a message that it is gone.</param>
internal sealed record SharedBinding(
    string Node, string Tenant, string Number, string Key, string ContactUri, string Transport, string Remote, string[] Path, string Instance, int RegId, int Q,
    string CallId, uint CSeq, int ExpiresSeconds, long RegisteredAt, long ExpiresAt, long LastSeen, string UserAgent, bool BehindNat, string? Edge = null)
{
    /// <summary>The field of the hash: no two nodes write the same.</summary>
    [JsonIgnore]
    public string Field => $"{Node}|{Key}";

    public static SharedBinding From(string node, Binding binding, bool isGone, string? edge = null) => new(
        node, binding.Tenant.Value, binding.Number, binding.Key, binding.ContactUri, binding.Flow.Transport.ToString(), binding.Flow.Remote.ToString(), [.. binding.Path], binding.Instance,
        binding.RegId, binding.Q, binding.RegisterCallId, binding.RegisterCSeq, binding.ExpiresSeconds, binding.RegisteredAt.ToUnixTimeMilliseconds(),
        isGone ? 0 : binding.ExpiresAt.ToUnixTimeMilliseconds(), binding.LastSeen.ToUnixTimeMilliseconds(), binding.UserAgent, binding.BehindNat, edge);

    /// <summary>The message that a binding is gone, of which nothing else is known any more.</summary>
    public static SharedBinding Gone(string node, string tenant, string number, string key) =>
        new(node, tenant, number, key, "", "", "", [], "", 0, 0, "", 0, 0, 0, 0, 0, "", false);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SharedJson.Default.SharedBinding);

    /// <summary>Null for anything that is no binding.</summary>
    public static SharedBinding? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SharedJson.Default.SharedBinding) is { Node: not null, Tenant: not null, Number: not null, Key: not null } read ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The binding as this node sees it; null when it names no usable address.</summary>
    public Binding? ToBinding()
    {
        var colon = Remote?.LastIndexOf(':') ?? -1;
        if (!Enum.TryParse<SipTransportKind>(Transport, out var transport) || colon <= 0
            || !ushort.TryParse(Remote.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || !NetAddress.TryParse(Remote.AsSpan(0, colon), port, out var remote)
            || !IsTime(RegisteredAt) || !IsTime(ExpiresAt) || !IsTime(LastSeen) || ContactUri is null)
        {
            return null;
        }

        return new Binding
        {
            Tenant = new TenantId(Tenant),
            Number = Number,
            ContactUri = ContactUri,
            Flow = new SipFlow(transport, default, remote),
            Path = Path ?? [],
            Instance = Instance ?? "",
            RegId = RegId,
            Q = Q,
            RegisterCallId = CallId ?? "",
            RegisterCSeq = CSeq,
            ExpiresSeconds = ExpiresSeconds,
            RegisteredAt = DateTimeOffset.FromUnixTimeMilliseconds(RegisteredAt),
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(ExpiresAt),
            LastSeen = DateTimeOffset.FromUnixTimeMilliseconds(LastSeen),
            UserAgent = UserAgent ?? "",
            BehindNat = BehindNat,
            Edge = EdgeService.Read(Edge),
        }.FromElsewhere();
    }

    private static bool IsTime(long value) => value is >= 0 and < 1L << 46;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SharedBinding))]
internal sealed partial class SharedJson : JsonSerializerContext;
