namespace Tandem.Server.Http;

/// <summary>Marks a route that needs no authentication.</summary>
public sealed class OpenToAll;
