//! Wire shapes only: REST bodies, socket frames, error codes and limits.
