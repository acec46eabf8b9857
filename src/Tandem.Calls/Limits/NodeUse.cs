namespace Tandem.Calls.Limits;

/// <summary>How much a node uses, or some nodes together.</summary>
/// <param name="Calls">Calls in progress.</param>
/// <param name="Asked">New calls in a second that wanted a place, the refused ones included.</param>
/// <param name="InLastMinute">Calls to outside that began within 60 s.</param>
/// <param name="RefusedInLastMinute">Destinations that were refused within 60 s.</param>
public readonly record struct NodeUse(int Calls = 0, double Asked = 0, int InLastMinute = 0, int RefusedInLastMinute = 0)
{
    public static NodeUse operator +(in NodeUse left, in NodeUse right) => Add(left, right);

    public static NodeUse Add(in NodeUse left, in NodeUse right) => new(
        left.Calls + right.Calls, left.Asked + right.Asked, left.InLastMinute + right.InLastMinute, left.RefusedInLastMinute + right.RefusedInLastMinute);
}
