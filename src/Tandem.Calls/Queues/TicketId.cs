namespace Tandem.Calls.Queues;

/// <summary>A place in a queue: drawn once in the life of an engine.</summary>
public readonly record struct TicketId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
