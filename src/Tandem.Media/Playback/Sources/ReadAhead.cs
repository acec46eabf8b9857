namespace Tandem.Media.Playback.Sources;

/// <summary>Something that the <see cref="PlaybackWorker"/> reads for.</summary>
internal abstract class ReadAhead
{
    /// <summary>The next one in the worker's list. Whoever holds the request owns it.</summary>
    internal ReadAhead? Next;

    /// <summary>1 while it is in the list.</summary>
    internal int IsQueued;

    /// <summary>Reads on as far as there is room. On the worker's thread only.</summary>
    internal abstract void Fill();
}
