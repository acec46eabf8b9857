namespace Tandem.Calls.Routing;

/// <summary>Why a plan is what it is, written down while it is made.</summary>
internal sealed class Explanation
{
    private const int MostLines = 500;

    private readonly List<string> _lines = [];

    /// <summary>One line for each thing that was looked at, in order.</summary>
    public IReadOnlyList<string> Lines => _lines;

    public void Say(string line)
    {
        if (_lines.Count < MostLines)
            _lines.Add(line);
    }
}
