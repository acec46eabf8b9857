using Tandem.Calls.Tenants;

namespace Tandem.Storage.Queues;

/// <summary>A queue that has no number any more, for another one has it.</summary>
public sealed record LostNumber(TenantId Tenant, string Queue, string Number, string KeptBy);
