namespace Tandem.Media.Playback.Sources;

/// <summary>A source that can go to another place while it plays. Any thread may ask; what is heard changes within the read-ahead.</summary>
public interface ISeekable
{
    /// <summary>Goes to a place counted from the beginning; beyond the end, the source ends.</summary>
    void Seek(TimeSpan place);
}
