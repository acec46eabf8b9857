namespace Tandem.Server.Http;

/// <summary>
/// On the route of a WebSocket: a token may come as sub-protocol <c>bearer.TOKEN</c>, because a page in a browser cannot write headers there.
/// </summary>
public sealed class TokenInProtocol;
