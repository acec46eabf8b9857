using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Webhooks;

/// <summary>A row of <c>webhooks</c>.</summary>
internal sealed class WebhookRow
{
    public const string Purpose = "webhook";

    public string WebhookId { get; set; } = "";

    public string TenantId { get; set; } = "";

    public string Url { get; set; } = "";

    public string Description { get; set; } = "";

    public string EventTypes { get; set; } = "";

    public long Enabled { get; set; }

    public string Secret { get; set; } = "";

    public string PreviousSecret { get; set; } = "";

    public long PreviousUntil { get; set; }

    public long CreatedAt { get; set; }

    public long ChangedAt { get; set; }

    public Webhook ToWebhook(SecretBox box)
    {
        var tenant = new TenantId(TenantId);
        return new Webhook(WebhookId, tenant, Url, Description, EventTypes.Split(','), Enabled != 0, CreatedAt.ToTime(), ChangedAt.ToTime())
        {
            Secret = box.TryUnseal(tenant, WebhookId, Purpose, Secret),
            PreviousSecret = Unsealed(box, tenant),
            PreviousUntil = PreviousUntil > 0 ? PreviousUntil.ToTime() : null,
        };
    }

    private Secret? Unsealed(SecretBox box, TenantId tenant) => PreviousSecret.Length == 0 ? null : box.TryUnseal(tenant, WebhookId, Purpose, PreviousSecret);
}
