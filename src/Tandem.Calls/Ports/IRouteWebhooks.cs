using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ports;

/// <summary>Asks somebody outside where a call goes. Never on a shard's thread.</summary>
public interface IRouteWebhooks
{
    /// <summary>What it says: destinations in order. Never throws; within the time that the options give.</summary>
    Task<RouteAnswer> AskAsync(string url, RouteQuestion question);
}

/// <summary>The call that it is asked about.</summary>
public sealed record RouteQuestion(
    TenantId Tenant, CallId Call, string Caller, string Called, string Direction, string Profile, DateTimeOffset At);

/// <summary>What a webhook said.</summary>
/// <param name="Steps">Destinations in their text form, and how long each rings in seconds (0: as always); none for no answer.</param>
/// <param name="Problem">Why there is no answer; empty when there is one.</param>
public sealed record RouteAnswer(IReadOnlyList<(string To, int RingSeconds)> Steps, string Problem = "");
