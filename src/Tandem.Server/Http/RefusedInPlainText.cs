namespace Tandem.Server.Http;

/// <summary>Marks a route on which one request too many is told so in a line of plain text, as document 3 does.</summary>
public sealed class RefusedInPlainText;
