namespace Tandem.Media.Codecs;

/// <summary>Free coders by their kind, bounded for each kind; those above the bound are freed. Thread-safe.</summary>
internal sealed class CoderPool<TKind, T>(int capacity, Func<TKind, T> create, Action<T> free)
    where TKind : notnull
    where T : class
{
    private readonly Dictionary<TKind, Stack<T>> _free = [];

    public T Rent(TKind kind)
    {
        lock (_free)
        {
            if (_free.TryGetValue(kind, out var stack) && stack.TryPop(out var coder))
                return coder;
        }

        return create(kind);
    }

    public void Return(TKind kind, T coder)
    {
        lock (_free)
        {
            if (!_free.TryGetValue(kind, out var stack))
                _free.Add(kind, stack = new Stack<T>(capacity));
            if (stack.Count < capacity)
            {
                stack.Push(coder);
                return;
            }
        }

        free(coder);
    }
}
