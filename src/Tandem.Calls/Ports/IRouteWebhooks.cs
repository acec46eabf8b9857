namespace Tandem.Calls.Ports;

/// <summary>Asks somebody outside where a call goes. Never on a shard's thread.</summary>
public interface IRouteWebhooks
{
    /// <summary>What it says: destinations in order. Never throws; within the time that the options give.</summary>
    Task<RouteAnswer> AskAsync(string url, RouteQuestion question);
}
