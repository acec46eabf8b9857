using System.Text.Json;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Security;

namespace Tandem.Storage.Policies;

/// <summary>A row of <c>policies</c>.</summary>
internal sealed class PolicyRow
{
    private const string Purpose = "policy";

    public string TenantId { get; set; } = "";

    public string Kind { get; set; } = "";

    public string Target { get; set; } = "";

    public string Body { get; set; } = "";

    /// <summary>The body as it is stored.</summary>
    public static string Seal(SecretBox box, TenantId tenant, string kind, string target, object policy) => box.Seal(tenant, Owner(kind, target), Purpose, new Secret(policy switch
    {
        RoomBody room => JsonSerializer.Serialize(room, PolicyJson.Default.RoomBody),
        RecordingBody rule => JsonSerializer.Serialize(rule, PolicyJson.Default.RecordingBody),
        MonitorBody rules => JsonSerializer.Serialize(rules, PolicyJson.Default.MonitorBody),
        _ => throw new ArgumentOutOfRangeException(nameof(policy)),
    }));

    /// <summary>The policy; null when there is none any more, or its body cannot be read.</summary>
    public object? Open(SecretBox box)
    {
        if (Body.Length == 0 || box.TryUnseal(new TenantId(TenantId), Owner(Kind, Target), Purpose, Body)?.Reveal() is not { } json)
            return null;

        return Kind switch
        {
            PolicyKind.Room => JsonSerializer.Deserialize(json, PolicyJson.Default.RoomBody)?.ToRoom(Target),
            PolicyKind.Recording => JsonSerializer.Deserialize(json, PolicyJson.Default.RecordingBody)?.ToRule(),
            PolicyKind.Monitor => JsonSerializer.Deserialize(json, PolicyJson.Default.MonitorBody)?.ToRules(),
            _ => null,
        };
    }

    private static string Owner(string kind, string target) => kind + "/" + target;
}
