import {
  DndContext,
  type DragEndEvent,
  MouseSensor,
  TouchSensor,
  useDraggable,
  useDroppable,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import { useQueryClient } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, Ellipsis, GripVertical, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api.ts'
import { Badge } from '../../parts/badge.tsx'
import { classes } from '../../parts/classes.ts'
import { IconButton } from '../../parts/icon-button.tsx'
import { Menu, MenuItem, MenuLine } from '../../parts/menu.tsx'
import { toast } from '../../parts/toast.tsx'
import type { Board } from '../../types/leads.ts'
import { RenameStage } from './rename-stage.tsx'

type Stage = Board['stages'][number]

const key = ['pipelines', 'stages']

/** The stages in order: dragged by the handle, moved by its arrow keys or by the menu. */
export function StageRows({ stages, canChange }: { stages: Stage[]; canChange: boolean }) {
  const queries = useQueryClient()
  const [renamed, setRenamed] = useState<Stage | null>(null)
  const [said, setSaid] = useState('')
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 4 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 120, tolerance: 6 } }),
  )
  const refresh = () => queries.invalidateQueries({ queryKey: ['pipelines'] })

  async function move(stage: Stage, position: number) {
    if (position < 0 || position >= stages.length || stages[position]?.id === stage.id) return
    const order = stages.filter(({ id }) => id !== stage.id)
    order.splice(position, 0, stage)
    await queries.cancelQueries({ queryKey: key })
    queries.setQueryData<Board>(key, (board) => board && { ...board, stages: order })
    setSaid(`${stage.name} is now stage ${position + 1} of ${stages.length}`)
    try {
      await api.patch(`/stages/${stage.id}`, { position })
    } catch (error) {
      toast.error(error)
    }
    await refresh()
  }

  async function remove(stage: Stage, position: number) {
    try {
      await api.delete(`/stages/${stage.id}`)
      toast.undo(`The stage “${stage.name}” is deleted`, async () => {
        try {
          const { id } = await api.post<{ id: string }>('/stages', { name: stage.name })
          await api.patch(`/stages/${id}`, { position })
        } catch (error) {
          toast.error(error)
        }
        await refresh()
      })
    } catch (error) {
      toast.error(error)
    }
    await refresh()
  }

  function onDragEnd({ active, over }: DragEndEvent) {
    const stage = stages.find(({ id }) => id === active.id)
    if (stage && over)
      move(
        stage,
        stages.findIndex(({ id }) => id === over.id),
      )
  }

  return (
    <DndContext sensors={sensors} onDragEnd={onDragEnd}>
      <ol aria-label="Stages" className="divide-y divide-border">
        {stages.map((stage, position) => (
          <Row
            key={stage.id}
            stage={stage}
            position={position}
            last={stages.length - 1}
            canChange={canChange}
            onMove={(to) => move(stage, to)}
            onRename={() => setRenamed(stage)}
            onDelete={() => remove(stage, position)}
          />
        ))}
      </ol>
      <p aria-live="polite" className="sr-only">
        {said}
      </p>
      {renamed && <RenameStage stage={renamed} onClose={() => setRenamed(null)} onSaved={refresh} />}
    </DndContext>
  )
}

type RowProps = {
  stage: Stage
  position: number
  last: number
  canChange: boolean
  onMove(position: number): void
  onRename(): void
  onDelete(): void
}

function Row({ stage, position, last, canChange, onMove, onRename, onDelete }: RowProps) {
  const { listeners, setNodeRef, setActivatorNodeRef, transform, isDragging } = useDraggable({ id: stage.id })
  const place = useDroppable({ id: stage.id })
  const isTarget = place.isOver && !isDragging
  return (
    <li
      ref={(node) => {
        setNodeRef(node)
        place.setNodeRef(node)
      }}
      style={transform ? { transform: `translateY(${transform.y}px)` } : undefined}
      className={classes(
        'flex min-h-14 items-center gap-3 bg-surface px-3 py-2 sm:px-4',
        isDragging && 'relative z-10 shadow-raised',
        isTarget && 'bg-accent-soft',
      )}
    >
      {canChange && (
        <button
          type="button"
          ref={setActivatorNodeRef}
          {...listeners}
          aria-label={`Move ${stage.name}: arrow keys, or drag`}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
            event.preventDefault()
            onMove(position + (event.key === 'ArrowUp' ? -1 : 1))
          }}
          className="flex size-9 shrink-0 cursor-grab touch-none items-center justify-center rounded-lg text-muted hover:bg-hover hover:text-text pointer-coarse:size-11"
        >
          <GripVertical aria-hidden className="size-4" />
        </button>
      )}
      <span className="min-w-0 flex-1 truncate font-medium">{stage.name}</span>
      <Badge>{stage.count === 1 ? '1 open lead' : `${stage.count} open leads`}</Badge>
      {canChange && (
        <Menu trigger={<IconButton icon={Ellipsis} label={`More for ${stage.name}`} />}>
          <MenuItem icon={Pencil} onSelect={onRename}>
            Rename
          </MenuItem>
          <MenuItem icon={ArrowUp} disabled={position === 0} onSelect={() => onMove(position - 1)}>
            Move up
          </MenuItem>
          <MenuItem icon={ArrowDown} disabled={position === last} onSelect={() => onMove(position + 1)}>
            Move down
          </MenuItem>
          <MenuLine />
          <MenuItem icon={Trash2} danger onSelect={onDelete}>
            Delete
          </MenuItem>
        </Menu>
      )}
    </li>
  )
}
