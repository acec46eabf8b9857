namespace Tandem.Calls.Ports;

/// <summary>A number was to be given to something, and whoever dials it reaches something else of the tenant: one of the two would never be reached.</summary>
/// <param name="number">What is dialled.</param>
/// <param name="holder">Who has it, for people: <c>queue sales</c>, <c>extension 100</c>.</param>
public sealed class NumberTakenException(string number, string holder) : Exception($"The number {number} is taken by {holder}")
{
    public string Number { get; } = number;

    public string Holder { get; } = holder;
}
