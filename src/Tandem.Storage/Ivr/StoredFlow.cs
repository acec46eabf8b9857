namespace Tandem.Storage.Ivr;

/// <summary>A flow as it is kept.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">For people.</param>
/// <param name="Document">JSON.</param>
/// <param name="Source">The YAML that it was written in; empty when it was written as JSON.</param>
/// <param name="Version">Grows with every change of any flow.</param>
/// <param name="ChangedAt">When it was changed last.</param>
public sealed record StoredFlow(string Id, string Name, string Document, string Source, long Version, DateTimeOffset ChangedAt);
