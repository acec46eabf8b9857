using Tandem.Calls.Events.Public;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;

namespace Tandem.Storage.Webhooks;

/// <summary>Where events of a tenant are sent.</summary>
/// <param name="Url">Absolute, <c>http</c> or <c>https</c>.</param>
/// <param name="EventTypes">Patterns: <c>*</c>, <c>call.*</c>, <c>call.ended</c>.</param>
/// <param name="Enabled">A disabled webhook gets no new events; what waits for it waits on.</param>
public sealed record Webhook(
    string Id, TenantId Tenant, string Url, string Description, IReadOnlyList<string> EventTypes, bool Enabled, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt)
{
    /// <summary>What deliveries are signed with: <c>whsec_</c> and base64. Null when it was sealed with a key that is gone.</summary>
    public Secret? Secret { get; init; }

    /// <summary>The secret before the last rotation; deliveries are signed with it too until <see cref="PreviousUntil"/>.</summary>
    public Secret? PreviousSecret { get; init; }

    /// <summary>Until when the secret before counts; null when there is none.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>True when it takes events of a type.</summary>
    public bool Takes(string type)
    {
        for (var i = 0; i < EventTypes.Count; i++)
        {
            if (PublicEventTypes.Matches(EventTypes[i], type))
                return true;
        }

        return false;
    }
}
