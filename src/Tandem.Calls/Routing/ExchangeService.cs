namespace Tandem.Calls.Routing;

/// <summary>What the exchange itself is at the other end of a call.</summary>
public abstract record ExchangeService
{
    private ExchangeService()
    {
    }

    /// <summary>Says back what it hears: the caller learns whether his sound gets here and back.</summary>
    public sealed record Echo : ExchangeService;

    /// <summary>A room in which all who dial it hear each other.</summary>
    /// <param name="Name">The digits that were dialled behind the prefix.</param>
    public sealed record Room(string Name) : ExchangeService;
}
