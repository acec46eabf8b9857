using Tandem.Calls.Tenants;

namespace Tandem.Calls.Mailboxes;

/// <summary>One extension's mailbox.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Number">The extension.</param>
/// <param name="Counts">What lies in it.</param>
public sealed record Mailbox(TenantId Tenant, string Number, MailboxCounts Counts);
